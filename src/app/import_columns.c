/* The fields of each kind of file, and what other programs call them. */
#include "app/import_int.h"

#include "base/banned.h"
#include "base/utf8.h"

/* ── the fields ──────────────────────────────────────────────────────────────────────────────── */

static const pn_import_field INVOICE_FIELDS[] = {
    {"external_id", true, "the invoice's number; unique per creditor"},
    {"debtor", true, "the ERP's key of the debtor; without it, the tax id or else the name is one"},
    {"issued", true, "issue date"},
    {"due", true, "due date"},
    {"amount", true, "total amount"},
    {"open", false, "what is still open of it; without it, all"},
    {"currency", false, "ISO code; without it, --currency or the organization's"},
    {"creditor", false, "name or tax id of the creditor; an unknown name makes one"},
    {"product", false, "product or service"},
    {"document", false, "path of the invoice's PDF, as seen from this file's folder"},
    {"portal_accepted", false, "day on which the customer's portal accepted it"},
    {"debtor_name", false, "the debtor's name"},
    {"tax_id", false, "the debtor's tax id"},
    {"kind", false, "person or company"},
    {"parent", false, "key of the debtor's parent"},
    {"email", false, "e-mail address of the payer"},
    {"phone", false, "phone of the payer"},
    {"address", false, "postal address, for letters and documents"},
    {"http", false, "its name at the system that send.http writes to"},
    {"contact_name", false, "name of the person"},
    {"language", false, "es, en, pt, es-419 (Latin America), or with a country: es-MX"},
    {"country", false, "two letters, ES"},
    {"region", false, "ISO 3166-2 without the country, MD"},
    {"zone", false, "time zone, Europe/Madrid"},
    {"owner", false, "the collector"},
    {"salesperson", false, "the salesperson"},
    {NULL, false, NULL},
};

static const pn_import_field DEBTOR_FIELDS[] = {
    {"external_id", true, "the ERP's key of the debtor; unique per creditor"},
    {"name", false, "its name"},
    {"creditor", false, "name or tax id of the creditor; an unknown name makes one"},
    {"tax_id", false, "its tax id"},
    {"kind", false, "person or company"},
    {"parent", false, "key of its parent"},
    {"email", false, "e-mail address of the payer"},
    {"phone", false, "phone of the payer"},
    {"address", false, "postal address, for letters and documents"},
    {"http", false, "its name at the system that send.http writes to"},
    {"contact_name", false, "name of the person"},
    {"language", false, "es, en, pt, es-419 (Latin America), or with a country: es-MX"},
    {"country", false, "two letters, ES"},
    {"region", false, "ISO 3166-2 without the country, MD"},
    {"zone", false, "time zone, Europe/Madrid"},
    {"owner", false, "the collector"},
    {"salesperson", false, "the salesperson"},
    {"grace_days", false, "days added to stages after the due date"},
    {"payment_days", false, "days of the month on which it pays: 10 25"},
    {"closed_months", false, "months in which it does not pay: 8"},
    {NULL, false, NULL},
};

static const pn_import_field PAYMENT_FIELDS[] = {
    {"external_id", false, "the bank's or ERP's key; one that is there is not added twice"},
    {"debtor", false, "key of the debtor; or name its invoice"},
    {"invoice", false, "numbers of the invoices it pays, separated by spaces"},
    {"amount", true, "positive amount"},
    {"date", false, "day on which it was received; without it, today"},
    {"currency", false, "ISO code"},
    {"creditor", false, "name or tax id of the creditor"},
    {"reference", false, "what the payer wrote"},
    {"method", false, "transfer, card, cash …"},
    {NULL, false, NULL},
};

static const pn_import_field LINE_FIELDS[] = {
    {"invoice", true, "the invoice's number"},
    {"line", false, "the line's number; without it, its place in the file"},
    {"sku", false, "your code of the article"},
    {"product", false, "product or service, for rules; without it, the description"},
    {"description", false, "what is billed, as the invoice says it"},
    {"quantity", false, "how many"},
    {"unit_price", false, "price of one, before taxes"},
    {"discount", false, "discount in per cent"},
    {"discount_amount", false, "discount as an amount, before taxes"},
    {"amount", false, "the line's amount before taxes; without it, quantity × price − discount"},
    {"total", false, "the line's amount with taxes, where there is none before them"},
    {"tax_rate", false, "tax in per cent: 21"},
    {"tax", false, "tax as an amount; without it, it follows from the rate"},
    {"tax_label", false, "what the tax is called; without it, as in the creditor's country"},
    {"tax2_rate", false, "a second tax in per cent: recargo de equivalencia, IEPS"},
    {"tax2_label", false, "what it is called"},
    {"withholding_rate", false, "what the payer withholds, in per cent: 15"},
    {"withholding", false, "the same as an amount"},
    {"withholding_label", false, "what it is called"},
    {"withholding2_rate", false, "a second withholding in per cent"},
    {"withholding2_label", false, "what it is called"},
    {"creditor", false, "name or tax id of the creditor"},
    {NULL, false, NULL},
};

static const pn_import_field *const FIELDS[] = {
    [PN_IMPORT_DEBTORS] = DEBTOR_FIELDS,
    [PN_IMPORT_INVOICES] = INVOICE_FIELDS,
    [PN_IMPORT_PAYMENTS] = PAYMENT_FIELDS,
    [PN_IMPORT_LINES] = LINE_FIELDS,
};

/* ── what ERPs call them: folded, without accents and punctuation ────────────────────────────── */

typedef struct {
    const char *field, *columns; /* with spaces between */
} known_as;

static const known_as COLUMNS[] = {
    {"external_id",
     "invoice invoicenumber invoiceno invoiceid number factura numerofactura nfactura "
     "numfactura nofactura numero folio documento fatura numdocumento numerodocumento "
     "ndocumento nodocumento nfra numfra numerofra fra factnum numerodefactura numdefactura "
     "numfact nfact foliofiscal seriefolio nota numerodafatura numerofatura notafiscal "
     "numeronota doc"},
    {"debtor",
     "customer customerid customercode cliente codigocliente codcliente idcliente deudor "
     "codigodocliente codcli codigodecliente numcliente ncliente numerocliente cuentacliente "
     "cuentacontable subcuenta customerno customernumber accountnumber"},
    {"debtor_name",
     "customername name nombre nombrecliente razonsocial nome nombredelcliente nombrefiscal "
     "nombrecomercial denominacion denominacionsocial nombrerazonsocial clientenombre "
     "nomedocliente nomecliente razaosocial"},
    {"issued",
     "date invoicedate issuedate fecha fechafactura fechaemision emision emitida emissao "
     "fechafra fecfra ffra fechafact ffactura fecfactura fechadefactura fechadeemision "
     "fechaexpedicion fechadoc fechadocumento fdoc fechadocto dataemissao datadeemissao data "
     "femision"},
    {"due",
     "duedate vencimiento fechavencimiento fechadevencimiento vence vto fechavto vencimento "
     "fecvto fvto fechavcto vcto fvencimiento fecvencimiento fechavenc fechadepago fechapago "
     "fechalimite fechalimitedepago datavencimento datadevencimento fechaderecobro"},
    {"amount", "total importe importetotal monto valor invoiceamount importefactura importefra "
               "totalfactura totalfra importetotalfactura totaldocumento montototal montofactura "
               "valortotal valorfactura"},
    {"open", "balance outstanding pendiente saldo importependiente importepdte imppdte pdte pte "
             "pdtecobro pendientecobro pendientedecobro importepte saldopendiente saldopdte "
             "saldoactual saldovencido montopendiente saldoinsoluto emaberto valoremaberto "
             "saldodevedor"},
    {"currency", "moneda divisa moeda"},
    {"email", "mail correo correoelectronico emailcontacto correocontacto correodecontacto "
              "emailcliente emailcobros emailfacturacion emailfacturas correofacturacion "
              "correocliente correoe emailadministracion emailpago emailpagos correopagos "
              "direccionemail emaildocliente emailcontato mailcliente mailcontacto mailfacturacion "
              "mailfacturas mailcobros mailadministracion mailpago mailpagos correoadministracion "
              "correofacturas correocobros correopago emaildefacturacion emaildecontacto "
              "correodefacturacion correodecobros correocobranza correodecobranza emailcobranza "
              "maildefacturacion emailfaturamento emailcobranca emailfinanceiro"},
    {"address", "direccion direccionpostal domicilio endereco postaladdress"},
    {"phone",
     "telefono movil celular telefone tel tfno tlf tlfno telf telefonocontacto "
     "telefonocliente telefono1 movilcontacto telefonofacturacion telefonocobros celularcliente "
     "whatsapp telefonemovel"},
    {"tax_id",
     "nif cif rfc rut cnpj taxid vat nifcif cifnif cifdni nifcliente cifcliente rfccliente "
     "rutcliente cuit ruc nit idfiscal"},
    {"language", "idioma"},
    {"country", "pais"},
    {"product", "producto produto"},
    {"creditor", "acreedor sociedad empresa"},
    {"salesperson", "comercial vendedor"},
    {"contact_name", "contacto personacontacto personadecontacto nombrecontacto contato"},
    {"owner", "gestor"},
};

/* Names that mean something else in a file of lines, or are found only there. */
static const known_as LINE_COLUMNS[] = {
    {"line", "linea nlinea numerolinea linenumber lineno posicion partida renglon linha item"},
    {"sku", "codigo articulo codigoarticulo codigoproducto codigoproduto referencia ref clave "
            "itemcode productcode"},
    {"description", "concepto descripcion descricao detalle itemdescription"},
    {"quantity", "cantidad cant unidades uds quantidade qtd qty"},
    {"unit_price",
     "precio preciounitario preciounidad valorunitario preco precounitario price unitprice"},
    {"discount", "descuento dto dcto desconto"},
    {"discount_amount", "importedescuento discountamount"},
    {"amount",
     "base baseimponible subtotal neto importeneto net netamount lineamount valorliquido"},
    {"total", "importetotal totallinea totalconiva totalcomimpostos grossamount totalamount"},
    {"tax_rate", "iva tipoiva tasaiva porcentajeiva impuesto igv vatrate taxrate aliquota"},
    {"tax", "cuotaiva importeiva vatamount taxamount valorimposto"},
    {"tax_label", "nombreimpuesto taxname"},
    {"tax2_rate", "recargo recargoequivalencia ieps"},
    {"withholding_rate",
     "irpf retencion tiporetencion retefuente retencionenlafuente retencionisr retencao "
     "withholdingrate"},
    {"withholding", "importeretencion cuotaretencion"},
    {"withholding2_rate", "retencioniva reteica"},
};

/* ── asked ───────────────────────────────────────────────────────────────────────────────────── */

const pn_import_field *pn_import_field_at(pn_import_kind kind, size_t index) {
    const pn_import_field *fields = FIELDS[kind];
    for (size_t i = 0; i < index; i++) {
        if (fields[i].name == NULL) {
            return NULL;
        }
    }
    return fields[index].name == NULL ? NULL : &fields[index];
}

bool pn_import_field_known(pn_import_kind kind, pn_str name) {
    if (pn_str_starts(name, PN_STR("attr.")) || pn_str_starts(name, PN_STR("debtor_attr."))) {
        size_t dot = pn_str_find_char(name, '.');
        return kind != PN_IMPORT_PAYMENTS && kind != PN_IMPORT_LINES && name.len > dot + 1 &&
               name.len <= dot + 61;
    }
    for (const pn_import_field *field = FIELDS[kind]; field->name != NULL; field++) {
        if (pn_str_eq(name, pn_str_of(field->name))) {
            return true;
        }
    }
    return false;
}

/* Letters and digits only, folded: "N.º Factura" → "nfactura". */
static pn_str plain(pn_arena *arena, pn_str name) {
    pn_str folded = pn_utf8_fold(arena, name, true);
    char *out = pn_arena_alloc(arena, folded.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < folded.len; i++) {
        char c = folded.ptr[i];
        if (pn_is_alpha(c) || pn_is_digit(c) || c == '.') {
            out[len++] = c;
        }
    }
    len -= len != 0 && out[len - 1] == '.'; /* "Dto." is an abbreviation */
    return (pn_str){out, len};
}

static pn_str without_points(pn_arena *arena, pn_str name) {
    char *out = pn_arena_alloc(arena, name.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] != '.') {
            out[len++] = name.ptr[i];
        }
    }
    return (pn_str){out, len};
}

static pn_str field_called(const known_as *table, size_t count, pn_str column) {
    for (size_t i = 0; i < count; i++) {
        pn_str rest = pn_str_of(table[i].columns), each;
        if (pn_str_eq(pn_str_of(table[i].field), column)) {
            return column; /* "E-mail" */
        }
        while (pn_str_split(&rest, ' ', &each)) {
            if (pn_str_eq(each, column)) {
                return pn_str_of(table[i].field);
            }
        }
    }
    return PN_STR_NONE;
}

/* The debtor is who a file of debtors is about, the invoice who one of payments or lines names. */
static pn_str in_kind(pn_import_kind kind, pn_str field) {
    if (kind == PN_IMPORT_DEBTORS && pn_str_is(field, "debtor")) {
        return PN_STR("external_id");
    }
    if (kind == PN_IMPORT_DEBTORS && pn_str_is(field, "debtor_name")) {
        return PN_STR("name");
    }
    if (kind == PN_IMPORT_PAYMENTS && pn_str_is(field, "issued")) {
        return PN_STR("date");
    }
    if ((kind == PN_IMPORT_PAYMENTS || kind == PN_IMPORT_LINES) &&
        pn_str_is(field, "external_id")) {
        return PN_STR("invoice");
    }
    return field;
}

pn_str pn_import_field_of_column(pn_import_kind kind, pn_str name, pn_arena *arena) {
    pn_str lower = pn_str_lower_ascii(arena, name);
    if (pn_import_field_known(kind, lower)) {
        return lower;
    }
    if (pn_import_field_known(kind, name)) {
        return name; /* attributes keep their case */
    }
    pn_str bare = without_points(arena, plain(arena, name));
    pn_str field = PN_STR_NONE;
    if (kind == PN_IMPORT_LINES) {
        field = field_called(LINE_COLUMNS, PN_COUNT(LINE_COLUMNS), bare);
    }
    if (field.len == 0) {
        field = in_kind(kind, field_called(COLUMNS, PN_COUNT(COLUMNS), bare));
    }
    return pn_import_field_known(kind, field) ? field : PN_STR_NONE;
}
