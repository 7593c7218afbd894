/* The sources of share/policies in Spanish and Portuguese. Laws are cited as their country does;
 * what they say stands behind a colon, which every language keeps, for verdicts cite what is before
 * it. A table here, not fields of the packs: verdicts that were recorded carry the text alone, and
 * a pack's hash stays what it is. */
#include "core/policy_sources.h"

#include "base/banned.h"

static const struct {
    const char *en, *es, *pt;
} SOURCES[] = {
    {"No hours confirmed: Monday to Friday 9 to 19 and Saturday 10 to 14 is practice, under Ley "
     "24.240 art. 8 bis (dignified treatment)",
     "Sin horario confirmado: de lunes a viernes de 9 a 19 y los sábados de 10 a 14 es la "
     "práctica, según la Ley 24.240, art. 8 bis (trato digno)",
     "Sem horário confirmado: de segunda a sexta das 9 às 19 e aos sábados das 10 às 14 é a "
     "prática, conforme a Ley 24.240, art. 8 bis (tratamento digno)"},
    {"Companies: no statutory hours; office hours are the practice",
     "Empresas: ninguna ley fija un horario; la práctica es el de oficina",
     "Empresas: nenhuma lei fixa um horário; a prática é o de escritório"},
    {"Ley 24.240 art. 8 bis and, in the city of Buenos Aires, Ley 6171: no deceit about who "
     "collects; the wording is ours",
     "Ley 24.240, art. 8 bis y, en la ciudad de Buenos Aires, Ley 6171: no engañar sobre quién "
     "cobra; la redacción es nuestra",
     "Ley 24.240, art. 8 bis e, na cidade de Buenos Aires, Ley 6171: não enganar sobre quem cobra; "
     "a redação é nossa"},
    {"Good manners, no law: one demand a day by each channel, four in seven days over all, four "
     "hours apart, no call within two days after a conversation",
     "Buenas maneras, sin ley: una reclamación al día por cada canal, cuatro en siete días en "
     "total, con cuatro horas entre una y otra, y ninguna llamada en los dos días siguientes a una "
     "conversación",
     "Boas maneiras, sem lei: uma cobrança por dia em cada canal, quatro em sete dias no total, "
     "com quatro horas entre uma e outra, e nenhuma ligação nos dois dias seguintes a uma "
     "conversa"},
    {"A letter is read when its reader wants; it is not put out on public holidays",
     "Una carta se lee cuando se quiere; no se entrega al correo en festivo",
     "Uma carta se lê quando se quer; não é postada em feriado"},
    {"Calls of one's own systems disturb nobody",
     "Las llamadas a sistemas propios no molestan a nadie",
     "As chamadas a sistemas próprios não incomodam ninguém"},
    {"WhatsApp Business messaging policy: a person must have agreed to be written to there",
     "Política de mensajes de WhatsApp Business: la persona tiene que haber aceptado que se le "
     "escriba ahí",
     "Política de mensagens do WhatsApp Business: a pessoa precisa ter aceitado que lhe escrevam "
     "ali"},
    {"Good manners, no law that we know: a person looks after the vulnerable, the heirs and "
     "insolvencies; who has somebody to represent them is not written to; who asked in writing to "
     "be left alone gets letters only; minors get nothing",
     "Buenas maneras, sin ley que conozcamos: de las personas vulnerables, los herederos y los "
     "concursos se ocupa una persona; a quien tiene representante no se le escribe; quien pidió "
     "por escrito que no se le contacte solo recibe cartas; los menores no reciben nada",
     "Boas maneiras, sem lei que conheçamos: das pessoas vulneráveis, dos herdeiros e das "
     "insolvências cuida uma pessoa; a quem tem representante não se escreve; quem pediu por "
     "escrito para não ser contatado só recebe cartas; menores não recebem nada"},
    {"No federal hours confirmed: Monday to Friday 8 to 20 and Saturday 8 to 14 is practice, under "
     "CDC art. 42",
     "Sin horario federal confirmado: de lunes a viernes de 8 a 20 y los sábados de 8 a 14 es la "
     "práctica, según el CDC (código brasileño de defensa del consumidor), art. 42",
     "Sem horário federal confirmado: de segunda a sexta das 8 às 20 e aos sábados das 8 às 14 é a "
     "prática, conforme o CDC, art. 42"},
    {"CDC (Lei 8.078/1990) art. 42-A, by Lei 12.039/2009: every document that demands payment from "
     "a consumer carries the supplier's name, address and CPF or CNPJ",
     "CDC (Lei 8.078/1990), art. 42-A, añadido por la Lei 12.039/2009: todo documento con el que "
     "se reclama un pago a un consumidor lleva el nombre, la dirección y el CPF o CNPJ del "
     "proveedor",
     "CDC (Lei 8.078/1990), art. 42-A, incluído pela Lei 12.039/2009: todo documento de cobrança "
     "apresentado ao consumidor traz o nome, o endereço e o CPF ou CNPJ do fornecedor"},
    {"Good faith: who is written to by somebody else is told for whom",
     "Buena fe: a quien le escribe un tercero se le dice en nombre de quién",
     "Boa-fé: a quem um terceiro escreve se diz em nome de quem"},
    {"Ley 19.496 art. 37 after Ley 21.320, with CPC art. 59: working days and hours only, Monday "
     "to Saturday 8:00 to 20:00",
     "Ley 19.496, art. 37, tras la Ley 21.320, con el CPC, art. 59: solo en días y horas hábiles, "
     "de lunes a sábado de 8:00 a 20:00",
     "Ley 19.496, art. 37, após a Ley 21.320, com o CPC, art. 59: só em dias e horas úteis, de "
     "segunda a sábado das 8:00 às 20:00"},
    {"Ley 19.496 art. 37 after Ley 21.320: at most one call or visit a week; by other means at "
     "most two a week, at least two days apart (a Monday, then a Wednesday)",
     "Ley 19.496, art. 37, tras la Ley 21.320: una llamada o visita por semana como máximo; por "
     "otros medios, dos por semana, separadas al menos dos días (un lunes y luego un miércoles)",
     "Ley 19.496, art. 37, após a Ley 21.320: no máximo uma ligação ou visita por semana; por "
     "outros meios, duas por semana, com ao menos dois dias entre elas (uma segunda e depois uma "
     "quarta)"},
    {"Ley 21.719 on personal data, in force from 1 December 2026: duty to inform; the wording is "
     "ours",
     "Ley 21.719, de protección de datos personales, en vigor desde el 1 de diciembre de 2026: "
     "deber de informar; la redacción es nuestra",
     "Ley 21.719, de proteção de dados pessoais, em vigor desde 1º de dezembro de 2026: dever de "
     "informar; a redação é nossa"},
    {"Companies: no statutory hours; office hours are the practice. Small ones are consumers to "
     "some laws: import them as persons where in doubt",
     "Empresas: ninguna ley fija un horario; la práctica es el de oficina. Para algunas leyes las "
     "pequeñas son consumidores: en caso de duda, impórtelas como personas",
     "Empresas: nenhuma lei fixa um horário; a prática é o de escritório. Para algumas leis as "
     "pequenas são consumidores: em caso de dúvida, importe-as como pessoas"},
    {"Ley 2300 de 2023 art. 3: Monday to Friday 7:00 to 19:00, Saturday 8:00 to 15:00, never on "
     "Sundays and holidays",
     "Ley 2300 de 2023, art. 3: de lunes a viernes de 7:00 a 19:00, los sábados de 8:00 a 15:00, "
     "nunca en domingo ni festivo",
     "Ley 2300 de 2023, art. 3: de segunda a sexta das 7:00 às 19:00, aos sábados das 8:00 às "
     "15:00, nunca aos domingos e feriados"},
    {"Ley 2300 de 2023 art. 3: after a direct contact no several channels within a week and not "
     "more than once a day",
     "Ley 2300 de 2023, art. 3: tras un contacto directo, no por varios canales en una misma "
     "semana ni más de una vez al día",
     "Ley 2300 de 2023, art. 3: após um contato direto, não por vários canais na mesma semana nem "
     "mais de uma vez por dia"},
    {"Ley 2300 de 2023 art. 2: only the channels that the consumer authorised",
     "Ley 2300 de 2023, art. 2: solo por los canales que el consumidor autorizó",
     "Ley 2300 de 2023, art. 2: só pelos canais que o consumidor autorizou"},
    {"Spain has no statutory collection hours: Monday to Friday, 9 to 21, is the practice of the "
     "trade",
     "En España ninguna ley fija el horario de cobro: de lunes a viernes, de 9 a 21, es la "
     "práctica del sector",
     "Na Espanha nenhuma lei fixa o horário de cobrança: de segunda a sexta, das 9 às 21, é a "
     "prática do setor"},
    {"RGPD (EU) 2016/679 art. 13 and 14: who collects for somebody else says who is responsible "
     "for the data, where they come from and which rights there are, with the first message at the "
     "latest",
     "RGPD (UE) 2016/679, art. 13 y 14: quien cobra por cuenta de otro dice quién es el "
     "responsable de los datos, de dónde proceden y qué derechos hay, a más tardar con el primer "
     "mensaje",
     "RGPD (UE) 2016/679, art. 13 e 14: quem cobra por conta de outro diz quem é o responsável "
     "pelos dados, de onde vêm e que direitos há, o mais tardar na primeira mensagem"},
    {"RDL 1/2020 (texto refundido de la Ley Concursal): after the declaration of insolvency, "
     "claims are communicated to the administrator and no longer enforced one by one",
     "RDL 1/2020 (texto refundido de la Ley Concursal): declarado el concurso, los créditos se "
     "comunican a la administración concursal y ya no se ejecutan uno a uno",
     "RDL 1/2020 (texto refundido de la Ley Concursal, a lei espanhola de insolvência): declarada "
     "a insolvência, os créditos são comunicados ao administrador e já não se executam um a um"},
    {"Decreto 28-2016 as told by the Diario de Centro América: not on non-working days or hours, "
     "at most two contacts a day (the text itself was not seen; 8 to 18 is our reading)",
     "Decreto 28-2016 según el Diario de Centro América: no en días ni horas inhábiles, y dos "
     "contactos al día como máximo (no se ha visto el texto; de 8 a 18 es nuestra lectura)",
     "Decreto 28-2016 segundo o Diario de Centro América: não em dias nem horas não úteis, e no "
     "máximo dois contatos por dia (o texto em si não foi visto; das 8 às 18 é a nossa leitura)"},
    {"Disposiciones de carácter general aplicables a las entidades financieras en materia de "
     "despachos de cobranza, DOF 7 October 2014: contact between 7:00 and 22:00; Monday to Friday "
     "and no holidays as CONDUSEF is quoted (the text itself was not seen)",
     "Disposiciones de carácter general aplicables a las entidades financieras en materia de "
     "despachos de cobranza, DOF del 7 de octubre de 2014: contacto entre las 7:00 y las 22:00; de "
     "lunes a viernes y no en festivo, según se cita a la CONDUSEF (no se ha visto el texto)",
     "Disposiciones de carácter general aplicables a las entidades financieras en materia de "
     "despachos de cobranza (regras mexicanas para escritórios de cobrança), DOF de 7 de outubro "
     "de 2014: contato entre 7:00 e 22:00; de segunda a sexta e não em feriados, segundo se cita a "
     "CONDUSEF (o texto em si não foi visto)"},
    {"Profeco as quoted by the press: no contact from 22:01 to 6:59 in the debtor's zone, Monday "
     "to Friday, on working days",
     "Profeco, según la prensa: ningún contacto de 22:01 a 6:59 en el huso horario del deudor, de "
     "lunes a viernes, en días hábiles",
     "Profeco, segundo a imprensa: nenhum contato das 22:01 às 6:59 no fuso horário do devedor, de "
     "segunda a sexta, em dias úteis"},
    {"The same Disposiciones of 7 October 2014: identify agency, creditor, contract, amount and "
     "the date it was calculated; payment only to the creditor; agreements in writing (as quoted "
     "by the press)",
     "Las mismas Disposiciones del 7 de octubre de 2014: identificar el despacho, el acreedor, el "
     "contrato, el monto y la fecha en que se calculó; pago solo al acreedor; acuerdos por escrito "
     "(según la prensa)",
     "As mesmas Disposiciones de 7 de outubro de 2014: identificar o escritório, o credor, o "
     "contrato, o valor e a data em que foi calculado; pagamento só ao credor; acordos por escrito "
     "(segundo a imprensa)"},
    {"The same particulars, given by creditors who collect their own claims",
     "Los mismos datos, dados por el acreedor que cobra lo suyo",
     "Os mesmos dados, informados pelo credor que cobra o que é seu"},
    {"No law known for this country: office hours",
     "No se conoce ninguna ley de este país: horario de oficina",
     "Não se conhece nenhuma lei deste país: horário de escritório"},
    {"Ley 29571 art. 62 b: no calls or visits between 20:00 and 7:00, nor on Saturdays, Sundays "
     "and holidays",
     "Ley 29571, art. 62 b: ni llamadas ni visitas entre las 20:00 y las 7:00, ni en sábado, "
     "domingo o festivo",
     "Ley 29571, art. 62 b: nem ligações nem visitas entre 20:00 e 7:00, nem aos sábados, domingos "
     "e feriados"},
    {"Written messages keep to the hours of calls; the law does not name them",
     "Los mensajes escritos siguen el horario de las llamadas; la ley no los nombra",
     "As mensagens escritas seguem o horário das ligações; a lei não as menciona"},
    {"Regulation F, 12 CFR 1006.6(b)(1): before 8:00 and after 21:00 at the consumer's place is "
     "presumed inconvenient",
     "Regulation F, 12 CFR 1006.6(b)(1): antes de las 8:00 y después de las 21:00, hora del "
     "consumidor, se presume inoportuno",
     "Regulation F, 12 CFR 1006.6(b)(1): antes das 8:00 e depois das 21:00, hora do consumidor, "
     "presume-se inconveniente"},
    {"Regulation F, 12 CFR 1006.14(b)(2)(i)(A): more than seven calls within seven consecutive "
     "days about a debt are presumed to harass",
     "Regulation F, 12 CFR 1006.14(b)(2)(i)(A): más de siete llamadas en siete días seguidos por "
     "una deuda se presumen acoso",
     "Regulation F, 12 CFR 1006.14(b)(2)(i)(A): mais de sete ligações em sete dias seguidos sobre "
     "uma dívida presumem-se assédio"},
    {"Regulation F, 12 CFR 1006.14(b)(2)(i)(B): no call within seven consecutive days after a "
     "conversation about the debt, whose day is day one",
     "Regulation F, 12 CFR 1006.14(b)(2)(i)(B): ninguna llamada en siete días seguidos tras una "
     "conversación sobre la deuda, contando el de la conversación",
     "Regulation F, 12 CFR 1006.14(b)(2)(i)(B): nenhuma ligação em sete dias seguidos após uma "
     "conversa sobre a dívida, contando o dia da conversa"},
    {"15 USC 1692e(11) and Regulation F, 12 CFR 1006.18(e): the message says that it is from a "
     "debt collector who attempts to collect a debt",
     "15 USC 1692e(11) y Regulation F, 12 CFR 1006.18(e): el mensaje dice que es de un cobrador "
     "que intenta cobrar una deuda",
     "15 USC 1692e(11) e Regulation F, 12 CFR 1006.18(e): a mensagem diz que é de um cobrador que "
     "tenta cobrar uma dívida"},
    {"Regulation F, 12 CFR 1006.6(e): every e-mail and text message tells a simple way to opt out "
     "of it",
     "Regulation F, 12 CFR 1006.6(e): todo correo y mensaje de texto indica una forma sencilla de "
     "dejar de recibirlos",
     "Regulation F, 12 CFR 1006.6(e): todo e-mail e mensagem de texto indica uma forma simples de "
     "deixar de recebê-los"},
    {"15 USC 1692c(a)(2) and 12 CFR 1006.6(b)(2): a consumer represented by an attorney is not "
     "contacted, but the attorney",
     "15 USC 1692c(a)(2) y 12 CFR 1006.6(b)(2): si al consumidor lo representa un abogado, se "
     "contacta con el abogado y no con él",
     "15 USC 1692c(a)(2) e 12 CFR 1006.6(b)(2): se o consumidor é representado por um advogado, "
     "contata-se o advogado e não ele"},
    {"15 USC 1692c(c) and 12 CFR 1006.6(c): who refuses to pay or wants contact to cease in "
     "writing is contacted no more",
     "15 USC 1692c(c) y 12 CFR 1006.6(c): a quien por escrito se niega a pagar o pide que no se le "
     "contacte, no se le contacta más",
     "15 USC 1692c(c) e 12 CFR 1006.6(c): quem por escrito se nega a pagar ou pede para não ser "
     "contatado não é mais contatado"},
    {"11 USC 362(a)(6): a bankruptcy petition stays any act to collect",
     "11 USC 362(a)(6): la solicitud de quiebra suspende todo acto de cobro",
     "11 USC 362(a)(6): o pedido de falência suspende todo ato de cobrança"},
    {"TCPA, 47 USC 227(b) and 47 CFR 64.1200(a)(1): automated calls and texts to a mobile "
     "telephone need the called party's prior express consent",
     "TCPA, 47 USC 227(b) y 47 CFR 64.1200(a)(1): las llamadas y mensajes automáticos a un móvil "
     "necesitan el consentimiento previo y expreso de quien los recibe",
     "TCPA, 47 USC 227(b) e 47 CFR 64.1200(a)(1): ligações e mensagens automáticas para um celular "
     "exigem o consentimento prévio e expresso de quem as recebe"},
    {"47 CFR 64.1200(a)(10), last part, delayed to 31 January 2027: a revocation in reply to one "
     "kind of call or text revokes the consent to all of them",
     "47 CFR 64.1200(a)(10), última parte, aplazada al 31 de enero de 2027: revocar en respuesta a "
     "un tipo de llamada o mensaje revoca el consentimiento para todos",
     "47 CFR 64.1200(a)(10), última parte, adiada para 31 de janeiro de 2027: revogar em resposta "
     "a um tipo de ligação ou mensagem revoga o consentimento para todos"},
    {"Massachusetts, 940 CMR 7.04(1)(f): at most two calls or texts in seven days about a debt",
     "Massachusetts, 940 CMR 7.04(1)(f): dos llamadas o mensajes de texto como máximo en siete "
     "días por una deuda",
     "Massachusetts, 940 CMR 7.04(1)(f): no máximo duas ligações ou mensagens de texto em sete "
     "dias sobre uma dívida"},
    {"The FDCPA does not bind creditors who collect their own claims; its hours are kept as good "
     "practice",
     "La FDCPA no obliga al acreedor que cobra lo suyo; su horario se respeta como buena práctica",
     "A FDCPA não obriga o credor que cobra o que é seu; o seu horário é respeitado como boa "
     "prática"},
    {"Companies: the FDCPA protects consumers only; office hours are the practice",
     "Empresas: la FDCPA protege solo a los consumidores; la práctica es el horario de oficina",
     "Empresas: a FDCPA protege só os consumidores; a prática é o horário de escritório"},
};

pn_str pn_policy_source_words(pn_str text, pn_str language) {
    bool es = pn_str_starts(language, PN_STR("es")), pt = pn_str_starts(language, PN_STR("pt"));
    for (size_t i = 0; (es || pt) && i < PN_COUNT(SOURCES); i++) {
        if (pn_str_eq(text, pn_str_of(SOURCES[i].en))) {
            return pn_str_of(es ? SOURCES[i].es : SOURCES[i].pt);
        }
    }
    return text;
}
