/* The rules. Words stand as they are after folding: "mañana" is "manana". Order does not matter;
 * each intent has its Spanish, English and Portuguese rules. */
#include "base/macros.h"
#include "format/intent_int.h"

#include "base/banned.h"

#define PAID PN_INTENT_PAID
#define PROMISE PN_INTENT_PROMISE
#define DISPUTE PN_INTENT_DISPUTE
#define COPY PN_INTENT_COPY
#define WRONG PN_INTENT_WRONG_PERSON
#define STOP PN_INTENT_STOP
#define QUESTION PN_INTENT_QUESTION

/* Words that many rules share. */
#define PAID_ES                                                                                    \
    "pagado|pagada|pagados|pagadas|abonado|abonada|abonados|abonadas|transferido|transferida|"     \
    "ingresado|depositado|depositada|consignado|liquidado|liquidada|saldado|saldada|cancelado|"    \
    "cancelada|canceladas|cancelados|girado"
#define DID_ES                                                                                     \
    "pague|pagamos|pagaron|abone|abonamos|transferi|transferimos|deposite|depositamos|consigne|"   \
    "consignamos|ingrese|ingresamos|liquide|liquidamos|gire|giramos"
#define MONEY_ES "pago|pagos|transferencia|ingreso|deposito|abono|consignacion|spei|giro|bizum"
#define PAY_ES                                                                                     \
    "pagar|abonar|transferir|depositar|ingresar|liquidar|cancelar|consignar|saldar|pagarle|"       \
    "pagarles|pagaros|pagarlo|pagarla|depositarle|transferirles|transferirle|transferiros|girar"
#define I_PAY_ES                                                                                   \
    "pago|pagamos|transfiero|transferimos|deposito|depositamos|ingreso|ingresamos|liquido|"        \
    "liquidamos|consigno|consignamos|abono|abonamos|cancelo|cancelamos|giro|hago|hacemos|hace|"    \
    "hacen|pagan|paga"
#define WILL_PAY_ES                                                                                \
    "pagare|pagaremos|pagara|pagaran|abonare|abonaremos|abonara|transferire|transferiremos|"       \
    "depositare|depositaremos|ingresare|ingresaremos|liquidare|liquidaremos|cancelare|"            \
    "cancelaremos|consignare|consignaremos|saldare|saldaremos|regularizare|regularizaremos|"       \
    "girare|giraremos"
#define INVOICE "factura|facturas|invoice|invoices|fatura|faturas|boleto|boletos|recibo|recibos"
#define DOCUMENT                                                                                   \
    INVOICE "|copia|duplicado|documento|documentos|pdf|xml|comprobante|comprobantes|copy|bill|"    \
            "statement|nota|extracto|detalle|albaran"
#define GOODS                                                                                      \
    "producto|productos|mercancia*|mercaderia|material|pedido|servicio|articulo|equipo|equipos|"   \
    "goods|order|product|items|mercadoria|produto|pedido|servico"

const pn_intent_rule pn_intent_rules[] = {
    /* ── paid ── */
    {PAID, 9, "ya ~3 " PAID_ES "|" DID_ES},
    {PAID, 8, "he|hemos|han|ha|habia|habiamos|tengo|tenemos|tiene ~1 " PAID_ES},
    {PAID, 8, "esta|estan|fue|fueron|sido|encuentra|encuentran|quedo|quedaron|queda ~2 " PAID_ES},
    {PAID, 8, "se pago|pagaron|deposito|abono|cancelo|liquido|transfirio|ingreso|giro"},
    {PAID, 8, "se|le|les|os|te ~2 hizo|realizo|efectuo|hice|hicimos|realizamos ~2 " MONEY_ES},
    {PAID, 8, "hice|hicimos|realice|realizamos|efectue|efectuamos ~3 " MONEY_ES},
    {PAID, 8,
     MONEY_ES " ~2 realizo|realizado|realizada|hizo|hecho|hecha|efectuo|efectuado|"
              "efectuada|enviada|ejecutada"},
    {PAID, 7, "lo|la|los|las|eso|esa|ese ~1 " DID_ES},
    /* "os pagamos" is to come, "os pagué" was */
    {PAID, 7, "le|les|os|te ~1 pague|abone|transferi|deposite|consigne|ingrese|liquide|gire"},
    {PAID, 9, "acabo|acabamos|acaban de ~1 hacer|realizar|efectuar|" PAY_ES},
    {PAID, 8, PAID_ES " hace|desde"},
    {PAID, 6, "fue|sido|fueron cargada|cargado|domiciliada|adeudada|adeudado|cargadas"},
    {PAID, 6,
     "adjunto|anexo|adjuntamos|anexamos|paso|va|remito|envio|mando|enviamos ~3 "
     "justificante|comprobante|voucher|ticket|soporte|resguardo|constancia"},
    {PAID, 4, "rastreo|voucher|justificante"},
    {PAID, 8, "already|just|have|has|been|was|were ~2 paid|settled|wired|remitted|transferred"},
    {PAID, 8, "we|i paid|settled|wired|remitted|transferred"},
    {PAID, 8,
     "payment|wire|transfer|check|cheque|remittance|funds was|has|have|were|went ~2 made|"
     "sent|out|processed|completed|issued|released|cleared|gone|been"},
    {PAID, 7,
     "sent|made|wired|mailed|transferred|released ~2 payment|money|funds|check|cheque|"
     "wire|amount"},
    {PAID, 5, "remittance"},
    {PAID, 8, "paguei|quitei|quitamos|depositei"},
    {PAID, 8,
     "ja ~2 pago|paga|pagos|pagas|pagamos|quitado|quitada|quitados|liquidado|liquidada|"
     "efetuado|efetuada|feito|feita|transferi|transferimos|realizado|realizada"},
    {PAID, 8,
     "foi|foram|esta|estao|encontra ~2 pago|paga|pagos|pagas|quitado|quitada|liquidado|"
     "liquidada|feito|feita|efetuado|efetuada|realizado|realizada"},
    {PAID, 8,
     "pagamento|pagamentos|pix|transferencia|deposito ~2 efetuado|efetuada|feito|feita|"
     "realizado|realizada|enviado"},
    {PAID, 4, "comprovante"},
    {PAID, 8, "proof|evidence|confirmation of ~1 payment|transfer"},
    {PAID, 8, "he|hemos|ha|han ~1 ordenado|emitido|cursado|lanzado ~2 " MONEY_ES},
    {PAID, 8, "boleto|fatura|conta|nota pago|paga|quitado|quitada"},
    {PAID, 4, "pagado|pagada|paid|paga"}, /* "Pagado." is the whole answer of many */

    /* ── promise ── */
    {PROMISE, 8, WILL_PAY_ES},
    {PROMISE, 8,
     "realizaremos|realizare|efectuaremos|efectuare|haremos|hare|procederemos ~3 " MONEY_ES
     "|" PAY_ES},
    {PROMISE, 7, "vamos|voy|va|van|paso|pasare|podre|podremos|podria|podriamos ~2 " PAY_ES},
    {PROMISE, 6, "le|les|te|os|se|lo|la|los|las " I_PAY_ES},
    /* "pagamos" was or is to come; these words say which */
    {PROMISE, 8,
     "pagamos|abonamos|transferimos|depositamos|ingresamos ~4 "
     "este|proximo|proxima|viene|entrante|falta"},
    {PROMISE, 8, "pagamos|abonamos|transferimos|depositamos|ingresamos manana"},
    {PROMISE, 6, "te|le|les|os|se lo|la|los|las " I_PAY_ES},
    {PROMISE, 8,
     "sera|seran|quedara|quedaran|estara|estaran|queda ~2 hecho|hecha|efectuado|"
     "efectuada|realizado|realizada|" PAID_ES},
    {PROMISE, 8,
     "tendreis|tendran|tendra|tendras|recibiran|recibireis|recibira ~2 " PAID_ES "|" MONEY_ES
     "|dinero"},
    {PROMISE, 8,
     "tenemos|tengo|esta|estaba previsto|prevista|contemplado|contemplada|programado|"
     "programada|incluida|incluido"},
    {PROMISE, 8,
     MONEY_ES "|factura ~3 programado|programada|programo|previsto|prevista|"
              "contemplado|contemplada|incluida|agendado"},
    {PROMISE, 8, "se|hemos|queda|quedo programo|programado|agendo ~2 pago|transferencia"},
    {PROMISE, 7, "programacion ~1 pago|pagos"},
    {PROMISE, 8, MONEY_ES " ~1 sale|saldra|salen|saldran"},
    {PROMISE, 5, "lo|la|los|las haremos|hare|haremos|pondremos|mandaremos"},
    {PROMISE, 6, "remesa|remesas"},
    {PROMISE, 5, "politica|costumbre|norma ~3 pagar"},
    {PROMISE, 8,
     "estare|estaremos|estamos|estaria pagando|cancelando|abonando|transfiriendo|"
     "depositando|realizando|consignando|liquidando|girando"},
    {PROMISE, 7,
     "cuanto|apenas|cuando|pronto ~3 cobre|cobremos|cobramos|ingrese|ingresen|paguen|"
     "pague|caiga|reciba|recibamos|depositen|entre ~7 " I_PAY_ES "|" WILL_PAY_ES},
    {PROMISE, 4, "justos|falta|problemas|flujo de tesoreria|liquidez|caja|fondos"},
    {PROMISE, 7, "will|shall|going ~4 pay|settle|wire|remit|transfer|paid|settled"},
    {PROMISE, 6, "can|could pay|settle|wire|transfer"},
    {PROMISE, 7,
     "will|shall ~2 make|making|send|issue|mail|process|have|receive|be ~3 payment|"
     "check|cheque|money|funds|wire|transfer|sent|processed"},
    {PROMISE, 6, "will go out"},
    {PROMISE, 7, "get ~2 paid"},
    {PROMISE, 8, "payment|pay run"},
    {PROMISE, 8, "scheduled|due|set|lined ~2 payment|pay|paid"},
    {PROMISE, 5, "as soon as ~5 pay|pays|paid|do|does|receive|cash"},
    {PROMISE, 6, "waiting|wait ~5 pay|payment|paid"},
    {PROMISE, 6, "expect|expecting|plan|planning|intend ~3 pay|payment|settle"},
    {PROMISE, 8, "pagarei|pagaremos|quitarei|quitaremos|transferirei|acertarei"},
    {PROMISE, 8,
     "vou|vamos|irei|iremos|consigo ~2 pagar|quitar|acertar|transferir|depositar|"
     "liquidar|regularizar"},
    {PROMISE, 7, "faco|farei|faremos|fazemos ~2 pix|pagamento|transferencia|deposito"},
    {PROMISE, 6, "eu|gente pago|acerto|quito|transfiro|deposito|paga|acerta"},
    {PROMISE, 8,
     "sera|serao ~2 efetuado|efetuada|feito|feita|pago|paga|realizado|realizada|"
     "liquidada|liquidado|quitado"},
    {PROMISE, 8,
     "prevemos|previsto|prevista|agendado|agendada|programado ~3 pagamento|pagar|"
     "liquidar|para"},
    {PROMISE, 7, "pagamento|fatura|boleto ~3 agendado|agendada|programado|previsto|prevista"},
    {PROMISE, 7,
     "assim que ~4 receber|recebermos|cair|entrar ~8 pago|pagar|quitar|quito|acerto|"
     "pagamos|vamos"},

    /* ── dispute ── */
    {DISPUTE, 9, "no|ni ~2 de acuerdo|conforme|conformes"},
    {DISPUTE, 9, "desacuerdo|inconformidad|inconforme|disconformes|disconforme"},
    {DISPUTE, 8,
     "no ~2 reconozco|reconocemos|debo|debemos|corresponde|corresponden|coincide|"
     "coinciden|procede|cuadra|cuadran"},
    {DISPUTE, 7,
     "no ~2 voy|vamos|pienso|pensamos|puedo ~2 pagar|abonar|pagarla|pagarlo ~1 algo|"
     "esta|esto|esa|eso|hasta|nada|un"},
    {DISPUTE, 8,
     INVOICE "|importe|monto|precio|precios|valor|iva|cargo|cobro|cantidad ~3 mal|"
             "incorrecto|incorrecta|erroneo|erronea|equivocado|equivocada|errado|"
             "errada|duplicada|duplicado|wrong|incorrect|incorreto|incorreta"},
    {DISPUTE, 8,
     "error|errores ~4 " INVOICE "|importe|monto|precio|iva|glosa|cargo|cobro|cantidad|"
     "facturacion"},
    {DISPUTE, 9, "no es|era|son ~1 correcto|correcta|correctos|correctas"},
    {DISPUTE, 9, "cobr* ~2 dos|doble|demas|duplicado|mas"},
    {DISPUTE, 7, "nota ~1 credito|abono"},
    {DISPUTE, 6, "hagais|hagan|haga|hacer ~2 abono|rectificativa"},
    {DISPUTE, 8, "rectificativa|refactur*|rectifi*"},
    {DISPUTE, 9,
     "llego|llegaron|vino|vinieron|entregado|entregaron ~2 danad*|incomplet*|rot*|"
     "defectuos*|mal|averiad*"},
    {DISPUTE, 7, "faltan|faltaban|faltaba|faltaron ~6 entrega|pedido|pale*|unidades|cajas|piezas"},
    {DISPUTE, 7, "devuelto|devolvimos|devolvi|devolveremos ~3 " GOODS},
    {DISPUTE, 6, "fallas|fallos|defecto|defectos|defectuos*|danad*|averiad*|desperfectos"},
    {DISPUTE, 9, "rechazamos|rechazo|rechazada|rechazar ~2 " INVOICE "|cargo|cobro"},
    {DISPUTE, 6, "precio|precios|importe|presupuesto ~4 acordad*|pactad*|contrato|cotiz*|era"},
    {DISPUTE, 8, "cotizaron|presupuestaron|ofrecieron ~2 otro|menos|distinto|diferente"},
    {DISPUTE, 6, "reclamo|reclamado|reclamacion|reclamad|reclamamos"},
    {DISPUTE, 8,
     "servicio|contrato|linea|suscripcion ~4 di|dimos|cancele|cancelamos|anulamos|baja"},
    {DISPUTE, 8,
     "cancele|cancelamos|anule|anulamos|di|dimos ~4 servicio|contrato|suscripcion|"
     "pedido"},
    {DISPUTE, 8,
     "nunca|jamas ~2 firme|firmamos|contrate|contratamos|pedi|pedimos|compre|compramos|"
     "solicite|solicitamos|contratei|comprei|assinei"},
    {DISPUTE, 7, "no se ~1 termino|terminaron|acabo|completo|realizo|presto|entrego|han|ha"},
    {DISPUTE, 10,
     "no|nunca|jamas|never|not|nao ~2 recib*|receb*|received|receive|got|get ~2 " GOODS},
    {DISPUTE, 6, "debe|deberia|deberian|should|deveria ser|be"},
    {DISPUTE, 8, "disput*|contest* ~3 charge|invoice|amount|bill|this|cobranca|fatura"},
    {DISPUTE, 8,
     INVOICE "|amount|price|charge|bill|total ~2 is|are|was ~2 incorrect|wrong|inaccurate"},
    {DISPUTE, 8, "incorrect|wrong|inaccurate ~1 " INVOICE "|amount|price|charge|bill|total"},
    {DISPUTE, 9, "not|never|cannot ~2 agree|agreed|accept|recognise|recognize|owe|ordered"},
    {DISPUTE, 7, "damaged|faulty|defective|missing|undelivered"},
    {DISPUTE, 8, "never|not ~2 delivered|finished|completed|supplied|arrived|provided"},
    {DISPUTE, 9, "charged|billed|invoiced ~2 twice|double|much|already"},
    {DISPUTE, 7, "credit note|memo"},
    {DISPUTE, 8, "quoted ~4 lower|different|less|price|another"},
    {DISPUTE, 8, "cancelled|canceled|terminated ~3 service|subscription|order|contract|account"},
    {DISPUTE, 7, "not pay|paying until|unless|for|this"},
    {DISPUTE, 9, "indevida|indevido|indevidas"},
    {DISPUTE, 9, "nao ~2 concord*|reconhec*|devo|devemos|aceit*"},
    {DISPUTE, 8, "valor|fatura|preco|cobranca|boleto|conta ~2 errad*|incorret*|duplicad*"},
    {DISPUTE, 7, "combinado|acordado|orcamento ~1 era|foi"},
    {DISPUTE, 7, "danificad*|defeito|defeitos|avariad*|avaria"},
    {DISPUTE, 8, "cancelei|cancelamos|encerrei ~3 servico|contrato|assinatura|pedido|plano"},
    {DISPUTE, 7, "nao vou|vamos pagar"},

    /* ── copy ── */
    {COPY, 8, "reenvi*"},
    {COPY, 8,
     "puede|puedes|pueden|podeis|podria|podrias|podrian|favor|agradecemos|agradeceria|"
     "importaria|necesito|necesitaria|necesitamos|apoya|ruego|agradeco ~4 enviar*|envi*|"
     "mand*|remit*|pasar*|adjuntar*|facilitar*|envio ~5 " DOCUMENT},
    {COPY, 8,
     "enviad|envien|envienme|enviame|envieme|mandad|manden|mandame|mandeme|mandenme|"
     "mandarme|enviarme|enviarnos|mandarnos|envienos|adjuntar|pasame|pasenme ~5 " DOCUMENT},
    {COPY, 7,
     "mandadla|enviadla|mandela|enviela|mandenla|envienla|mandarla|enviarla|mandamela|"
     "enviamela"},
    {COPY, 9, "copia|duplicado|copy|copies ~3 " INVOICE "|f"},
    {COPY, 8, "duplicado de|del"},
    {COPY, 9,
     "no|nunca ~3 recib*|llego|llegado|llega|llegaron|encuentro|encontramos|localiz*|"
     "consta|constan|tengo|tenemos|aparece ~3 " INVOICE "|documento"},
    {COPY, 8,
     INVOICE " ~3 no|nunca|nao ~2 recib*|receb*|llego|llegado|llega|encuentr*|localiz*|"
             "consta|aparece|chegou"},
    {COPY, 7, "no la|lo|las|los encuentr*|localiz*|tengo|tenemos|veo|recib*"},
    {COPY, 6, "no nos|me consta|constan"},
    {COPY, 5, "no me|nos ha|han|llego|llega|llegado"},
    {COPY, 6, DOCUMENT " ~3 otra|de vez|nuevo|nuevamente"},
    {COPY, 7, "mandar*|enviar*|mandarme|enviarme|pasar* ~3 otra|nuevo|nuevamente"},
    {COPY, 8,
     "send|resend|forward|email|share|provide ~5 copy|invoice|invoices|pdf|statement|bill"},
    {COPY, 8, "resend|re send"},
    {COPY, 9, "never|not|did ~2 received|receive|got|get|seen|see|have ~3 invoice|copy|bill|it"},
    {COPY, 6, "no record of|on"},
    {COPY, 5, "not|can|cannot find|locate|see it|the|this"},
    {COPY, 10, "segunda|2|2a via"},
    {COPY, 9,
     "nao|nunca ~3 recebi|recebemos|chegou|encontrei|encontramos|localizei|tenho|temos ~3 nota|"
     "fatura|boleto|documento"},
    {COPY, 8,
     "mandar|manda|mande|enviar|envia|envie|envio|reenviar|passar|emitir ~5 boleto|fatura|"
     "nota|copia|documento|pdf"},
    {COPY, 6, "link|enlace|boleto ~2 venceu|vencio|expirou|funciona"},

    /* ── wrong person ── */
    {WRONG, 9,
     "numero|persona|correo|destinatario|direccion|email|mail|telefono|pessoa|contato ~2 "
     "equivocad*|erronea|erroneo|incorrect*|errad*"},
    {WRONG, 9, "equivocad*|confundid* ~4 destinatario|persona|numero|correo|email|empresa"},
    {WRONG, 8,
     "han|estan|estais|habeis|ha|esta equivocado|confundido|equivocados|equivocando|"
     "confundidos"},
    {WRONG, 8, "no conozco|conocemos ~4 empresa|persona|senor*|firma|nadie"},
    {WRONG, 9, "ya|yo no ~1 trabajo|trabaja|laboro|labora|pertenezco|pertenece|estoy"},
    {WRONG, 9, "no soy|somos ~4 persona|cliente|clientes|titular|encargad*|responsable|indicad*"},
    {WRONG, 6, "no soy|sou"},
    {WRONG, 8, "nada que ver"},
    {WRONG, 8,
     "encarga|encargan|lleva|gestiona ~3 companer*|departamento|area|persona|gestoria|"
     "otro|otra"},
    {WRONG, 8, "se encarga|encargan|ocupa|ocupan ~3 mi|otra|otro|el|la"},
    {WRONG, 6,
     "escribidle|escribale|comuniquese|comuniquense|dirijase|dirijanse|dirigios|"
     "contacte|contacten|hablen|hable ~5 otra|otro|area|departamento|persona|tesoreria|"
     "ella"},
    {WRONG, 8, "aqui no es|vive|trabaja"},
    {WRONG, 8, "correo|numero|email|telefono|mail no es ~1 de|del"},
    {WRONG, 9, "wrong ~1 person|number|email|address|contact|company|recipient|guy"},
    {WRONG, 9, "not ~2 right|correct ~1 person|contact|department"},
    {WRONG, 8, "no longer ~2 work|works|working|handle|handles|with|employed|here|deal|deals"},
    {WRONG, 8, "not ~2 work ~1 there|here|for|anymore"},
    {WRONG, 9, "never heard of"},
    {WRONG, 8, "left|leaving|quit ~2 company|business|firm|organisation|organization"},
    {WRONG, 9, "nao sou|somos ~3 pessoa|cliente|clientes|responsavel|titular|essa|esse"},
    {WRONG, 9, "nao trabalho|trabalha ~2 mais|nessa|nesta|ai|la"},
    {WRONG, 7, "engano|enganaram|enganou"},
    {WRONG, 8, "desconheco|desconhecemos ~2 empresa|pessoa|numero"},
    {WRONG, 4, "procure|procurem|fale ~2 financeiro|setor|departamento"},

    /* ── stop ── */
    {STOP, 9,
     "no ~2 envi*|mand*|escrib*|contact*|molest*|llam* ~2 mas|correos|emails|mails|"
     "mensajes"},
    {STOP, 10,
     "dejen|deje|dejad|deja|paren|pare|parad ~1 de ~1 escrib*|mand*|envi*|llam*|molest*|"
     "contact*"},
    {STOP, 10, "no ~1 quiero|deseo|queremos|quisiera ~2 recibir|correos|mensajes"},
    {STOP, 9,
     "ya no ~1 escriban|escriba|escribas|manden|mande|mandes|envien|envie|envies|llamen|llame|"
     "llames|contacten|molesten"},
    {STOP, 9, "solicito|solicitamos|quiero|pido|ruego|exijo ~2 baja"},
    {STOP, 9, "darme|darnos|denme|dadme|deme|denos ~1 baja"},
    {STOP, 9,
     "elimin*|borr*|retir*|quiten*|quitad*|saquen*|saque*|sacadme|sacame ~5 lista|listas|"
     "base|email|correo|datos|mail"},
    {STOP, 9, "no volvais|vuelvan|vuelva|vuelvas a ~1 contact*|escrib*|llam*|envi*|mand*"},
    {STOP, 10,
     "stop|quit|cease ~1 emailing|contacting|calling|sending|messaging|writing|texting|"
     "mailing|bothering"},
    {STOP, 10, "remove|take|delete ~3 from|off ~3 list|lists|database|mailing"},
    {STOP, 9, "unsubscribe|unsubscribing"},
    {STOP, 9, "do not|never ~1 contact|email|call|write|message|text ~1 me|us|again"},
    {STOP, 9, "leave me|us alone"},
    {STOP, 10, "pare|parem ~1 de ~2 mand*|envi*|lig*|escrev*|contat*|incomodar"},
    {STOP, 10, "nao ~1 quero|desejo|queremos ~1 mais|receber ~1 receber|mais|mensagens|emails"},
    {STOP, 9, "me ~1 tire|tirem|remova|removam|retirem|exclua|excluam ~3 lista|cadastro|base"},
    {STOP, 9, "descadastr*"},
    {STOP, 9, "nao me ~1 mand*|envi*|lig*|contat* ~2 mais"},

    /* ── questions ── */
    {QUESTION, 9,
     "que|cual|what|which|qual ~2 cuenta|iban|cbu|clabe|alias|account|conta|pix|"
     "banco"},
    {QUESTION, 9,
     "pasas|pasa|pasame|pasar|dar|das|facilitar|indicar|enviar|send|mandar ~4 cbu|"
     "alias|iban|cuenta|clabe|datos|details|pix|chave"},
    {QUESTION, 8, "numero|datos de|bancarios cuenta"},
    {QUESTION, 8, "bank details|account number"},
    {QUESTION, 8, "cuanto|cuantos|quanto|how ~1 es|debo|debemos|seria|total|much|devo|e|fica"},
    {QUESTION, 8, "hasta|ate|until cuando|quando|when"},
    {QUESTION, 8, "fracc* ~2 pago|importe|plazos|deuda|factura"},
    {QUESTION, 8,
     "parcialidades|parcelar|parcelamento|parcelado|installments|instalments|cuotas|"
     "mensualidades|aplazar|prestacoes"},
    {QUESTION, 8, "payment plan"},
    {QUESTION, 7, "en ~3 plazos|cuotas|pagos|abonos|meses"},
    {QUESTION, 7, "descuento|discount|desconto|quita|rebaja"},
    {QUESTION, 8, "con quien|who can|com quem"},
    {QUESTION, 6, "como|donde|how|where|onde ~2 pago|pagar|puedo|podemos|pay|can|faco"},
    {QUESTION, 6, "se|puedo|podemos|podriamos|posso|podemos|can|could ~3 pagar|pay|parcelar"},
};

const size_t pn_intent_rule_count = PN_COUNT(pn_intent_rules);
