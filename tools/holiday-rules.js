// What the published data has wrong or does not say, decided by law: corrections per country, and
// the calendars of Spain's autonomous communities. Read by gen-holidays; the reasons are also told
// in docs/decisions/holidays.md.
//
// A rule is "DAY[MOVE] [@YEARS] NAME".
//   DAY    MM-DD, easter±N (days from Easter Sunday), thanksgiving+N, or dates with their year
//          separated by commas
//   MOVE   >   the Monday after, instead, when it falls on a Sunday
//          <>  also the Friday before a Saturday, and the Monday after a Sunday
//   YEARS  2016-, -2015, 2010,2012-2014, or !2018 for all years but these; all when absent

// Bank holidays count where banks close by law and payments wait: Mexico (CNBV's list), Brazil
// (CMN 4.880: Carnival, Corpus Christi), Argentina (days without work, Ley 27.399 art. 6),
// the United States (5 USC 6103: Veterans Day observed). Chile's 31 December closes bank counters
// only, while offices work and the law calls it no holiday.
export const BANK_HOLIDAYS_COUNT = ['AR', 'BR', 'MX', 'US'];

// `where`: '*' the nation and all its regions, else regions. `drop`: names; `years` as above.
export const CORRECTIONS = [
  // Ley Federal del Trabajo art. 74 VII: the new term begins on 1 October since 2024.
  { country: 'MX', where: '*', drop: ['Transmisión del Poder Ejecutivo Federal'], years: '2024-',
    add: ['10-01 @2024,2030,2036 Transmisión del Poder Ejecutivo Federal'] },

  // Ley 51 de 1983 does not name Easter Sunday.
  { country: 'CO', where: '*', drop: ['Pascua'] },

  // Ley 2.977 names Good Friday and Holy Saturday, not Easter Sunday; Saturdays are working days
  // in Chile's law. Ley 20.450 (2010), Ley 20.215 (Monday 17 September), Ley 17.374 (census).
  { country: 'CL', where: '*', drop: ['Pascua'],
    add: ['easter-1 Sábado Santo', '2010-09-17,2010-09-20 Feriado Adicional Fiestas Patrias',
          '2012-09-17 Feriado Adicional Fiestas Patrias',
          '2017-04-19 Censo Nacional de Población y Vivienda'] },
  // Ley 20.663, of 2013.
  { country: 'CL', where: ['AP'], drop: ['Asalto y Toma del Morro de Arica'], years: '-2012' },

  // Güemes falls on a Friday whose Monday is Belgrano's day already: it stayed on the Friday in
  // 2016 (Ley 27.258) and in 2022 (the Interior Ministry's calendar), and so will again.
  { country: 'AR', where: '*',
    add: ['06-17 @2016,2022,2033,2039 ' +
            'Paso a la Inmortalidad del General Don Martín Miguel de Güemes',
          // Resolución JGM 164/2025: days without work like those of 2018, 2019 and 2025.
          '2026-03-23,2026-07-10,2026-12-07 Día no laborable con fines turísticos'] },

  // Emenda Constitucional 107/2020 moved that year's elections to November.
  { country: 'BR', where: '*', drop: ['Dia de Eleição'], years: '2020',
    add: ['2020-11-15,2020-11-29 Dia de Eleição'] },
  // Acre: Lei 1.538/2004 names 23 January; Lei 2.126/2009 moves what falls on Tuesday, Wednesday
  // or Thursday to the Friday.
  { country: 'BR', where: ['AC'], midweek_to_friday: true,
    drop: ['Dia do evangélico', 'Alusivo ao Dia Internacional da Mulher', 'Dia da Amazônia',
           'Assinatura do Tratado de Petrópolis'],
    add: ['01-23 Dia do Evangélico', '03-08 Dia Internacional da Mulher', '09-05 Dia da Amazônia',
          '11-17 Assinatura do Tratado de Petrópolis'] },
  // Amapá: Lei 1.169/2007, Lei 1.696/2012.
  { country: 'BR', where: ['AP'],
    add: ['11-20 @-2023 Dia da Consciência Negra', '07-25 @2012- São Tiago'] },
  // Ceará: patron saint of the state.
  { country: 'BR', where: ['CE'], add: ['03-19 São José'] },
  // Paraíba: Lei 10.601/2015 left 5 August alone.
  { country: 'BR', where: ['PB'], drop: ['Homenagem à memória do ex-presidente João Pessoa'],
    years: '2016-' },
  // Pernambuco: Lei 16.059/2017 fixed 6 March.
  { country: 'BR', where: ['PE'], drop: ['Revolução Pernambucana de 1817'], years: '2018-',
    add: ['03-06 @2018- Revolução Pernambucana de 1817'] },
  // Paraná: Lei 18.384/2014 made it a working day.
  { country: 'BR', where: ['PR'], drop: ['Emancipação política do estado do Paraná'],
    years: '2014-' },

  // United States: days that a state honours without closing, or closes in one county only.
  { country: 'US', where: ['FL', 'NY', 'WI', 'WV'], drop: ['Susan B. Anthony Day'] },
  { country: 'US', where: ['IL'], drop: ['Malcolm X Day'] },
  { country: 'US', where: ['KY'], drop: ['Good Friday'] }, // the afternoon
  { country: 'US', where: ['MA'], drop: ['Evacuation Day', 'Bunker Hill Day'] }, // Suffolk County
  { country: 'US', where: ['PA'], drop: ['Flag Day'],
    add: ['thanksgiving+1 Day after Thanksgiving'] },
  { country: 'US', where: ['WI'], drop: ['Primary Election Day', 'Election Day'] },
  // Georgia proclaims its State Holiday each year: Good Friday since 2020.
  { country: 'US', where: ['GA'], drop: ['State Holiday'], years: '2018-',
    add: ['2018-04-23,2019-04-22 State Holiday', 'easter-2 @2020- State Holiday',
          'thanksgiving+1 @2018- State Holiday'] },
  { country: 'US', where: ['MI'], add: ['thanksgiving+1 Day after Thanksgiving'] },
  { country: 'US', where: ['WA'], add: ['thanksgiving+1 @2014- Native American Heritage Day'] },
  // NRS 236.015, W. Va. Code 2-2-1: the Friday after the fourth Thursday, not the fourth Friday.
  { country: 'US', where: ['NV'], drop: ['Family Day'], add: ['thanksgiving+1 Family Day'] },
  { country: 'US', where: ['WV'], drop: ["Lincoln's Day"], add: ["thanksgiving+1 Lincoln's Day"] },
  // 1 V.S.A. 371.
  { country: 'US', where: ['VT'], drop: ['Bennington Battle Day'],
    add: ['08-16<> Bennington Battle Day'] },
  // Va. Code 2.2-3300: every year since 2020, not only the even ones.
  { country: 'US', where: ['VA'],
    add: ['2021-11-02,2023-11-07,2025-11-04,2027-11-02,2029-11-06,2031-11-04,2033-11-08,' +
          '2035-11-06,2037-11-03,2039-11-08 Election Day'] },
  // State laws that move their own days off the weekend.
  { country: 'US', where: ['AK'], add: ['10-18<> Alaska Day'] },
  { country: 'US', where: ['CT'], add: ["02-12<> Lincoln's Birthday"] },
  { country: 'US', where: ['DC'], add: ['04-16<> Emancipation Day'] },
  { country: 'US', where: ['UT'], add: ['07-24<> Pioneer Day'] },
  { country: 'US', where: ['WV'], add: ['06-20<> West Virginia Day'] },

  // The data moves Christmas for the whole of Spain and each community's other days by one rule;
  // the communities decide, see below.
  { country: 'ES', where: '*', drop: ['Navidad (día sustituto)'] },
];

// The feasts of Spain's communities, from the yearly resolutions of the Dirección General de
// Trabajo (BOE-A-2009-18477 for 2010 to BOE-A-2025-21667 for 2026), besides the national ones that
// are not moved. From 2027 on, what each community has done of late; which day replaces one that
// falls on a Sunday is only known in the autumn before.
const MOVED_ALWAYS = [
  '01-06> Día de los Reyes Magos', '10-12> Fiesta Nacional de España', '11-01> Todos los Santos',
  '12-06> Día de la Constitución Española', '12-08> Inmaculada Concepción', '12-25> Navidad',
];
const NEW_YEAR = '01-01> Año Nuevo';
const EPIPHANY = '01-06> Día de los Reyes Magos';
const LABOUR = '05-01> Día del Trabajador';
const ASSUMPTION = '08-15> Asunción';
const HOLY_THURSDAY = 'easter-3 Jueves Santo';
const EASTER_MONDAY = 'easter+1 Lunes de Pascua';

export const SPAIN = {
  AN: [...MOVED_ALWAYS, NEW_YEAR, LABOUR, ASSUMPTION, HOLY_THURSDAY, '02-28> Día de Andalucía'],
  AR: [...MOVED_ALWAYS, NEW_YEAR, LABOUR, ASSUMPTION, HOLY_THURSDAY, '04-23> Día de Aragón'],
  AS: [...MOVED_ALWAYS, NEW_YEAR, LABOUR, ASSUMPTION, HOLY_THURSDAY, '09-08> Día de Asturias'],
  CB: ['01-06> @2013 Día de los Reyes Magos', 'easter-3 @!2018 Jueves Santo',
       'easter+1 @2013,2015,2019,2020,2024 Lunes de Pascua', '05-01> @2011 Día del Trabajador',
       '07-25 @2012,2013,2014,2019,2024 Santiago Apóstol',
       '07-28 @!2012,2015 Día de las Instituciones de Cantabria', '09-15 La Bien Aparecida',
       '11-01> @2015 Todos los Santos', '12-06> @2026- Día de la Constitución Española',
       '12-08> @2019 Inmaculada Concepción', '12-25> @2016- Navidad'],
  CE: ['01-01> @2012 Año Nuevo', EPIPHANY, HOLY_THURSDAY, '05-01> @2011 Día del Trabajador',
       '06-13> San Antonio', '08-05 @2022- Nuestra Señora de África',
       '09-02 @!2011,2015,2025 Día de Ceuta', '10-12> @-2014 Fiesta Nacional de España',
       '11-01> @-2015 Todos los Santos', '12-06> @-2020 Día de la Constitución Española',
       '12-08> @2013 Inmaculada Concepción', '12-25> @-2016 Navidad'],
  CL: ['01-01> @2017- Año Nuevo', ...MOVED_ALWAYS.filter((rule) => !rule.startsWith('12-06')),
       '03-19 @2010,2012 San José', HOLY_THURSDAY, '04-23> @!2023 Fiesta de Castilla y León',
       '05-01> @2016- Día del Trabajador', '07-25 @2011,2023 Santiago Apóstol',
       '08-15> @2021- Asunción', '12-06> @2015- Día de la Constitución Española'],
  CM: ['01-06> @-2013 Día de los Reyes Magos', '03-19 @2010,2011,2020 San José', HOLY_THURSDAY,
       'easter+1 @2014,2015,2019,2020,2026 Lunes de Pascua',
       'easter+60 @!2010,2018 Corpus Christi', '05-31 Día de Castilla-La Mancha',
       '11-01> @2026- Todos los Santos', '12-06> @-2015 Día de la Constitución Española',
       '12-25> @2016- Navidad'],
  CN: [EPIPHANY, HOLY_THURSDAY, '05-01> @2016 Día del Trabajador',
       '05-30> @!2021 Día de Canarias', '08-15> @2021- Asunción',
       '11-01> @2015,2026- Todos los Santos', '12-06> @2020 Día de la Constitución Española',
       '12-25> @2011,2022- Navidad'],
  CT: [EASTER_MONDAY, 'easter+50 @2011,2016,2022,2033,2039 Lunes de Pascua Granada',
       '06-24 San Juan', '09-11 Fiesta Nacional de Cataluña', '12-26 San Esteban'],
  EX: ['01-01> @2012 Año Nuevo', ...MOVED_ALWAYS, 'easter-47 @2023,2024 Martes de Carnaval',
       '03-19> @2010,2017,2021 San José', HOLY_THURSDAY, LABOUR,
       '09-08> @!2024 Día de Extremadura'],
  GA: ['03-19> @2010,2011,2019-2021,2026 San José', '2015-03-20 Día siguiente a San José',
       HOLY_THURSDAY, '05-17 Día de las Letras Gallegas',
       '06-24 @2013,2016,2020,2022,2026 San Juan', '07-25 Día Nacional de Galicia',
       '11-01> @2015 Todos los Santos'],
  IB: ['03-01 @-2025 Día de las Illes Balears', '03-01> @2026- Día de las Illes Balears',
       HOLY_THURSDAY, 'easter+1 @!2014,2025 Lunes de Pascua', '11-01> @2015 Todos los Santos',
       '12-06> @-2020 Día de la Constitución Española', '12-25> Navidad',
       '12-26 @2013,2014,2019,2020,2025,2026 San Esteban'],
  MC: ['01-01> @2017- Año Nuevo', '01-06> @2013- Día de los Reyes Magos',
       '03-19 @!2022 San José', HOLY_THURSDAY, '05-01> @2011,2022- Día del Trabajador',
       '06-09> @!2013,2024 Día de la Región de Murcia',
       '12-06> Día de la Constitución Española', '12-08> @2013,2024- Inmaculada Concepción',
       '12-25> @2016- Navidad'],
  MD: [EPIPHANY, '03-19> @2010,2012,2015,2017,2021,2023 San José',
       '2013-03-18 Traslado de San José', HOLY_THURSDAY,
       '05-02> @!2010 Fiesta de la Comunidad de Madrid',
       'easter+60 @2010,2011,2014 Corpus Christi',
       '07-25 @2011,2016,2022,2024,2025 Santiago Apóstol', '11-01> @2020- Todos los Santos',
       '12-06> @2020- Día de la Constitución Española', '12-08> @2019 Inmaculada Concepción',
       '12-25> @2016- Navidad'],
  ML: ['01-01> @2017 Año Nuevo', EPIPHANY,
       '03-13 @2020,2021,2023 Estatuto de Autonomía de la Ciudad de Melilla',
       '03-19 @-2016 San José', HOLY_THURSDAY,
       '09-08> @!2024 Día de Nuestra Señora la Virgen de la Victoria',
       '09-17> @!2023 Día de Melilla', '12-06> Día de la Constitución Española',
       '12-08> @2019- Inmaculada Concepción', '12-25> Navidad'],
  NC: ['01-06> @2013- Día de los Reyes Magos',
       '03-19 @2010,2012,2014,2015,2019-2021,2026 San José', HOLY_THURSDAY, EASTER_MONDAY,
       '07-25 @2011,2013,2015-2017,2022-2025 Santiago Apóstol',
       '11-01> @2026- Todos los Santos', '12-03> San Francisco Javier',
       '12-06> @2020 Día de la Constitución Española', '12-25> Navidad'],
  PV: ['03-19 @2010,2015,2019-2021,2026 San José', HOLY_THURSDAY, EASTER_MONDAY,
       '07-25 @!2012,2014,2018 Santiago Apóstol', '10-25 @2011-2014 Día del País Vasco',
       '2016-10-07 80 Aniversario del primer Gobierno Vasco',
       '2022-09-06 V Centenario Vuelta al Mundo'],
  RI: ['03-19 @2010,2012 San José', HOLY_THURSDAY, 'easter+1 @!2010,2012,2018 Lunes de Pascua',
       '06-09> Día de La Rioja', '07-25 @2011,2016 Santiago Apóstol',
       '12-06> Día de la Constitución Española', '12-08> @-2019 Inmaculada Concepción',
       '12-25> @2022- Navidad'],
  VC: ['2013-03-18 Lunes de Fallas', '03-19 San José', 'easter-3 @2011,2016,2017,2022 Jueves Santo',
       EASTER_MONDAY, '05-01> @2011 Día del Trabajador', '06-24 @2019- San Juan',
       '10-09 Día de la Comunitat Valenciana', '12-06> @2015 Día de la Constitución Española',
       '12-25> @2016 Navidad'],
};

// Ceuta's and Melilla's Muslim feasts are fixed by resolution up to 2026; later ones come from the
// data's calendar and may differ by a day.
export const SPAIN_MUSLIM_FEASTS_FIXED_TO = 2026;
export const SPAIN_MUSLIM_FEASTS = {
  CE: ['2010-11-17,2011-11-07,2012-10-27,2013-10-15,2014-10-06,2015-09-25,2016-09-12,2017-09-01,' +
       '2018-08-22,2019-08-12,2020-07-31,2021-07-20,2022-07-09,2023-06-29,2024-06-17,2025-06-06,' +
       '2026-05-27 Fiesta del Sacrificio'],
  ML: ['2010-11-17,2011-11-07,2012-10-26,2013-10-15,2014-10-04,2015-09-25,2016-09-12,2017-09-01,' +
       '2018-08-22,2019-08-12,2020-07-31,2021-07-21,2022-07-11,2023-06-29,2024-06-17,2025-06-06,' +
       '2026-05-27 Fiesta del Sacrificio',
       '2022-05-03,2023-04-21,2024-04-10,2025-03-31,2026-03-20 Fiesta del Eid Fitr'],
};

// ISO 3166-2 codes of provinces, which share their community's calendar.
export const SPAIN_PROVINCES = {
  AN: 'AL CA CO GR H J MA SE', AR: 'HU TE Z', AS: 'O', CB: 'S', CL: 'AV BU LE P SA SG SO VA ZA',
  CM: 'AB CR CU GU TO', CN: 'GC TF', CT: 'B GI L T', EX: 'BA CC', GA: 'C LU OR PO', IB: 'PM',
  MC: 'MU', MD: 'M', NC: 'NA', PV: 'BI SS VI', RI: 'LO', VC: 'A CS V',
};
