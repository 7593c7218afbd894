/* Which column, literal or template gives which field. */
#include "app/import_int.h"

#include "base/banned.h"
#include "base/utf8.h"

/* ── the fields ──────────────────────────────────────────────────────────────────────────────── */

static const pn_import_field INVOICE_FIELDS[] = {
    {"external_id", true, "the invoice's number; unique per creditor"},
    {"debtor", true, "the ERP's key of the debtor"},
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

const pn_import_field *pn_import_field_at(pn_import_kind kind, size_t index) {
    const pn_import_field *fields = FIELDS[kind];
    for (size_t i = 0; i < index; i++) {
        if (fields[i].name == NULL) {
            return NULL;
        }
    }
    return fields[index].name == NULL ? NULL : &fields[index];
}

/* What ERPs call our fields: folded, without accents and punctuation. */
static const struct {
    const char *column, *field;
} SYNONYMS[] = {
    {"invoice", "external_id"},
    {"invoicenumber", "external_id"},
    {"invoiceno", "external_id"},
    {"invoiceid", "external_id"},
    {"number", "external_id"},
    {"factura", "external_id"},
    {"numerofactura", "external_id"},
    {"nfactura", "external_id"},
    {"numfactura", "external_id"},
    {"nofactura", "external_id"},
    {"numero", "external_id"},
    {"folio", "external_id"},
    {"documento", "external_id"},
    {"fatura", "external_id"},
    {"customer", "debtor"},
    {"customerid", "debtor"},
    {"customercode", "debtor"},
    {"cliente", "debtor"},
    {"codigocliente", "debtor"},
    {"codcliente", "debtor"},
    {"idcliente", "debtor"},
    {"deudor", "debtor"},
    {"codigodocliente", "debtor"},
    {"customername", "debtor_name"},
    {"name", "debtor_name"},
    {"nombre", "debtor_name"},
    {"nombrecliente", "debtor_name"},
    {"razonsocial", "debtor_name"},
    {"nome", "debtor_name"},
    {"date", "issued"},
    {"invoicedate", "issued"},
    {"issuedate", "issued"},
    {"fecha", "issued"},
    {"fechafactura", "issued"},
    {"fechaemision", "issued"},
    {"emision", "issued"},
    {"emitida", "issued"},
    {"emissao", "issued"},
    {"duedate", "due"},
    {"vencimiento", "due"},
    {"fechavencimiento", "due"},
    {"fechadevencimiento", "due"},
    {"vence", "due"},
    {"vto", "due"},
    {"fechavto", "due"},
    {"vencimento", "due"},
    {"total", "amount"},
    {"importe", "amount"},
    {"importetotal", "amount"},
    {"monto", "amount"},
    {"valor", "amount"},
    {"invoiceamount", "amount"},
    {"balance", "open"},
    {"outstanding", "open"},
    {"pendiente", "open"},
    {"saldo", "open"},
    {"importependiente", "open"},
    {"moneda", "currency"},
    {"divisa", "currency"},
    {"moeda", "currency"},
    {"mail", "email"},
    {"correo", "email"},
    {"correoelectronico", "email"},
    {"direccion", "address"},
    {"direccionpostal", "address"},
    {"domicilio", "address"},
    {"endereco", "address"},
    {"postaladdress", "address"},
    {"telefono", "phone"},
    {"movil", "phone"},
    {"celular", "phone"},
    {"telefone", "phone"},
    {"nif", "tax_id"},
    {"cif", "tax_id"},
    {"rfc", "tax_id"},
    {"rut", "tax_id"},
    {"cnpj", "tax_id"},
    {"taxid", "tax_id"},
    {"vat", "tax_id"},
    {"idioma", "language"},
    {"pais", "country"},
    {"producto", "product"},
    {"produto", "product"},
    {"acreedor", "creditor"},
    {"sociedad", "creditor"},
    {"empresa", "creditor"},
    {"comercial", "salesperson"},
    {"vendedor", "salesperson"},
    {"numdocumento", "external_id"},
    {"numerodocumento", "external_id"},
    {"ndocumento", "external_id"},
    {"nodocumento", "external_id"},
    {"nfra", "external_id"},
    {"numfra", "external_id"},
    {"numerofra", "external_id"},
    {"fra", "external_id"},
    {"factnum", "external_id"},
    {"numerodefactura", "external_id"},
    {"numdefactura", "external_id"},
    {"numfact", "external_id"},
    {"nfact", "external_id"},
    {"foliofiscal", "external_id"},
    {"seriefolio", "external_id"},
    {"nota", "external_id"},
    {"numerodafatura", "external_id"},
    {"numerofatura", "external_id"},
    {"notafiscal", "external_id"},
    {"numeronota", "external_id"},
    {"codcli", "debtor"},
    {"codigodecliente", "debtor"},
    {"numcliente", "debtor"},
    {"ncliente", "debtor"},
    {"numerocliente", "debtor"},
    {"cuentacliente", "debtor"},
    {"cuentacontable", "debtor"},
    {"subcuenta", "debtor"},
    {"customerno", "debtor"},
    {"customernumber", "debtor"},
    {"accountnumber", "debtor"},
    {"nombredelcliente", "debtor_name"},
    {"nombrefiscal", "debtor_name"},
    {"nombrecomercial", "debtor_name"},
    {"denominacion", "debtor_name"},
    {"denominacionsocial", "debtor_name"},
    {"nombrerazonsocial", "debtor_name"},
    {"clientenombre", "debtor_name"},
    {"nomedocliente", "debtor_name"},
    {"nomecliente", "debtor_name"},
    {"razaosocial", "debtor_name"},
    {"fechafra", "issued"},
    {"fecfra", "issued"},
    {"ffra", "issued"},
    {"fechafact", "issued"},
    {"ffactura", "issued"},
    {"fecfactura", "issued"},
    {"fechadefactura", "issued"},
    {"fechadeemision", "issued"},
    {"fechaexpedicion", "issued"},
    {"fechadoc", "issued"},
    {"fechadocumento", "issued"},
    {"fdoc", "issued"},
    {"fechadocto", "issued"},
    {"dataemissao", "issued"},
    {"datadeemissao", "issued"},
    {"data", "issued"},
    {"fecvto", "due"},
    {"fvto", "due"},
    {"fechavcto", "due"},
    {"vcto", "due"},
    {"fvencimiento", "due"},
    {"fecvencimiento", "due"},
    {"fechavenc", "due"},
    {"fechadepago", "due"},
    {"fechapago", "due"},
    {"fechalimite", "due"},
    {"fechalimitedepago", "due"},
    {"datavencimento", "due"},
    {"datadevencimento", "due"},
    {"fechaderecobro", "due"},
    {"importefactura", "amount"},
    {"importefra", "amount"},
    {"totalfactura", "amount"},
    {"totalfra", "amount"},
    {"importetotalfactura", "amount"},
    {"totaldocumento", "amount"},
    {"montototal", "amount"},
    {"montofactura", "amount"},
    {"valortotal", "amount"},
    {"valorfactura", "amount"},
    {"importepdte", "open"},
    {"imppdte", "open"},
    {"pdte", "open"},
    {"pte", "open"},
    {"pdtecobro", "open"},
    {"pendientecobro", "open"},
    {"pendientedecobro", "open"},
    {"importepte", "open"},
    {"saldopendiente", "open"},
    {"saldopdte", "open"},
    {"saldoactual", "open"},
    {"saldovencido", "open"},
    {"montopendiente", "open"},
    {"saldoinsoluto", "open"},
    {"emaberto", "open"},
    {"valoremaberto", "open"},
    {"saldodevedor", "open"},
    {"doc", "external_id"},
    {"femision", "issued"},
    {"emailcontacto", "email"},
    {"correocontacto", "email"},
    {"correodecontacto", "email"},
    {"emailcliente", "email"},
    {"emailcobros", "email"},
    {"emailfacturacion", "email"},
    {"emailfacturas", "email"},
    {"correofacturacion", "email"},
    {"correocliente", "email"},
    {"correoe", "email"},
    {"emailadministracion", "email"},
    {"emailpago", "email"},
    {"emailpagos", "email"},
    {"correopagos", "email"},
    {"direccionemail", "email"},
    {"emaildocliente", "email"},
    {"emailcontato", "email"},
    {"tel", "phone"},
    {"tfno", "phone"},
    {"tlf", "phone"},
    {"tlfno", "phone"},
    {"telf", "phone"},
    {"telefonocontacto", "phone"},
    {"telefonocliente", "phone"},
    {"telefono1", "phone"},
    {"movilcontacto", "phone"},
    {"nifcif", "tax_id"},
    {"cifnif", "tax_id"},
    {"cifdni", "tax_id"},
    {"nifcliente", "tax_id"},
    {"cifcliente", "tax_id"},
    {"rfccliente", "tax_id"},
    {"rutcliente", "tax_id"},
    {"cuit", "tax_id"},
    {"ruc", "tax_id"},
    {"nit", "tax_id"},
    {"idfiscal", "tax_id"},
    {"contacto", "contact_name"},
    {"personacontacto", "contact_name"},
    {"personadecontacto", "contact_name"},
    {"nombrecontacto", "contact_name"},
    {"contato", "contact_name"},
    {"gestor", "owner"},
};

/* Names that mean something else in a file of lines, or are found only there. */
static const struct {
    const char *column, *field;
} LINE_SYNONYMS[] = {
    {"linea", "line"},
    {"nlinea", "line"},
    {"numerolinea", "line"},
    {"linenumber", "line"},
    {"lineno", "line"},
    {"posicion", "line"},
    {"partida", "line"},
    {"renglon", "line"},
    {"linha", "line"},
    {"item", "line"},
    {"codigo", "sku"},
    {"articulo", "sku"},
    {"codigoarticulo", "sku"},
    {"codigoproducto", "sku"},
    {"codigoproduto", "sku"},
    {"referencia", "sku"},
    {"ref", "sku"},
    {"clave", "sku"},
    {"itemcode", "sku"},
    {"productcode", "sku"},
    {"concepto", "description"},
    {"descripcion", "description"},
    {"descricao", "description"},
    {"detalle", "description"},
    {"itemdescription", "description"},
    {"cantidad", "quantity"},
    {"cant", "quantity"},
    {"unidades", "quantity"},
    {"uds", "quantity"},
    {"quantidade", "quantity"},
    {"qtd", "quantity"},
    {"qty", "quantity"},
    {"precio", "unit_price"},
    {"preciounitario", "unit_price"},
    {"preciounidad", "unit_price"},
    {"valorunitario", "unit_price"},
    {"preco", "unit_price"},
    {"precounitario", "unit_price"},
    {"price", "unit_price"},
    {"unitprice", "unit_price"},
    {"descuento", "discount"},
    {"dto", "discount"},
    {"dcto", "discount"},
    {"desconto", "discount"},
    {"importedescuento", "discount_amount"},
    {"discountamount", "discount_amount"},
    {"base", "amount"},
    {"baseimponible", "amount"},
    {"subtotal", "amount"},
    {"neto", "amount"},
    {"importeneto", "amount"},
    {"net", "amount"},
    {"netamount", "amount"},
    {"lineamount", "amount"},
    {"valorliquido", "amount"},
    {"importetotal", "total"},
    {"totallinea", "total"},
    {"totalconiva", "total"},
    {"totalcomimpostos", "total"},
    {"grossamount", "total"},
    {"totalamount", "total"},
    {"iva", "tax_rate"},
    {"tipoiva", "tax_rate"},
    {"tasaiva", "tax_rate"},
    {"porcentajeiva", "tax_rate"},
    {"impuesto", "tax_rate"},
    {"igv", "tax_rate"},
    {"vatrate", "tax_rate"},
    {"taxrate", "tax_rate"},
    {"aliquota", "tax_rate"},
    {"cuotaiva", "tax"},
    {"importeiva", "tax"},
    {"vatamount", "tax"},
    {"taxamount", "tax"},
    {"valorimposto", "tax"},
    {"nombreimpuesto", "tax_label"},
    {"taxname", "tax_label"},
    {"recargo", "tax2_rate"},
    {"recargoequivalencia", "tax2_rate"},
    {"ieps", "tax2_rate"},
    {"irpf", "withholding_rate"},
    {"retencion", "withholding_rate"},
    {"tiporetencion", "withholding_rate"},
    {"retefuente", "withholding_rate"},
    {"retencionenlafuente", "withholding_rate"},
    {"retencionisr", "withholding_rate"},
    {"retencao", "withholding_rate"},
    {"withholdingrate", "withholding_rate"},
    {"importeretencion", "withholding"},
    {"cuotaretencion", "withholding"},
    {"retencioniva", "withholding2_rate"},
    {"reteica", "withholding2_rate"},
};

/* ── the mapping ─────────────────────────────────────────────────────────────────────────────── */

static bool field_known(pn_import_kind kind, pn_str name) {
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

static pn_cell *cell_of(const pn_mapping *mapping, pn_str field) {
    for (size_t i = 0; i < mapping->count; i++) {
        if (pn_str_eq(mapping->cells[i].field, field)) {
            return &mapping->cells[i];
        }
    }
    return NULL;
}

static pn_cell *add_cell(pn_importer *importer, pn_str field) {
    pn_mapping *mapping = &importer->mapping;
    mapping->cells = pn_arena_grow(importer->arena, mapping->cells, mapping->count,
                                   &mapping->capacity, sizeof *mapping->cells);
    pn_cell *cell = &mapping->cells[mapping->count++];
    *cell = (pn_cell){.field = pn_str_dup(importer->arena, field)};
    return cell;
}

static pn_err no_column(pn_importer *importer, pn_str name) {
    pn_err err =
        pn_diag_set(importer->diag, PN_INVALID, "The file has no column “%.*s”.", PN_STR_ARG(name));
    pn_buf list;
    pn_buf_init(&list, 280);
    for (size_t i = 0; i < importer->header.count; i++) {
        pn_buf_add_format(&list, "%s%.*s", i == 0 ? "" : ", ",
                          PN_STR_ARG(importer->header.names[i]));
    }
    pn_diag_mend(importer->diag, "It has: %.*s.", PN_STR_ARG(pn_buf_str(&list)));
    pn_buf_done(&list);
    return err;
}

static pn_err map_error(pn_importer *importer, const char *what) {
    pn_err err = pn_diag_set(importer->diag, PN_INVALID, "--map cannot be read: %s.", what);
    pn_diag_mend(importer->diag, "Write field=Column,field=\"literal\",field=`{{ template }}`.");
    return err;
}

/* Up to the closing mark, backslash escapes undone. */
static pn_err quoted(pn_importer *importer, pn_str *rest, char mark, pn_str *ret_text) {
    char *text = pn_arena_alloc(importer->arena, rest->len + 1);
    size_t len = 0, at = 1;
    while (at < rest->len && rest->ptr[at] != mark) {
        if (rest->ptr[at] == '\\' && at + 1 < rest->len && mark == '"') {
            at++;
        }
        text[len++] = rest->ptr[at++];
    }
    if (at == rest->len) {
        return map_error(importer, mark == '"' ? "a literal's quote is not closed"
                                               : "a template's ` is not closed");
    }
    *rest = pn_str_from(*rest, at + 1);
    *ret_text = (pn_str){text, len};
    return PN_OK;
}

static pn_err map_entry(pn_importer *importer, pn_str *rest) {
    size_t equals = pn_str_find_char(*rest, '=');
    if (equals == SIZE_MAX) {
        return map_error(importer, "an entry has no =");
    }
    pn_str field = pn_str_trim(pn_str_first(*rest, equals));
    *rest = pn_str_from(*rest, equals + 1);
    while (rest->len != 0 && rest->ptr[0] == ' ') {
        *rest = pn_str_from(*rest, 1);
    }
    if (!field_known(importer->request->kind, field)) {
        pn_err err = pn_diag_set(importer->diag, PN_INVALID, "There is no field “%.*s” in %s.",
                                 PN_STR_ARG(field), pn_import_kind_name(importer->request->kind));
        pn_diag_mend(importer->diag, "`puntual import %s --help` lists the fields.",
                     pn_import_kind_name(importer->request->kind));
        return err;
    }
    pn_cell *cell = cell_of(&importer->mapping, field);
    cell = cell != NULL ? cell : add_cell(importer, field);
    if (rest->len != 0 && rest->ptr[0] == '"') {
        cell->kind = PN_CELL_LITERAL;
        return quoted(importer, rest, '"', &cell->literal);
    }
    if (rest->len != 0 && rest->ptr[0] == '`') {
        pn_str source;
        cell->kind = PN_CELL_TEMPLATE;
        PN_TRY(quoted(importer, rest, '`', &source));
        return pn_liquid_compile(source, NULL, importer->arena, &cell->template, importer->diag);
    }
    size_t comma = pn_str_find_char(*rest, ',');
    pn_str column = pn_str_trim(pn_str_first(*rest, comma));
    *rest = pn_str_from(*rest, PN_MIN(comma, rest->len));
    cell->kind = PN_CELL_COLUMN;
    cell->column = pn_csv_column(&importer->header, column);
    return cell->column == SIZE_MAX ? no_column(importer, column) : PN_OK;
}

static pn_err map_given(pn_importer *importer) {
    pn_str rest = pn_str_trim(importer->request->map);
    while (rest.len != 0) {
        PN_TRY(map_entry(importer, &rest));
        rest = pn_str_trim(rest);
        if (rest.len != 0 && rest.ptr[0] != ',') {
            return map_error(importer, "a comma is missing between two entries");
        }
        rest = pn_str_trim(pn_str_from(rest, 1));
    }
    return PN_OK;
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

/* A column that is named like a field, or like what ERPs call it, feeds that field. */
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

static pn_str field_of_column(pn_importer *importer, pn_str name) {
    pn_import_kind kind = importer->request->kind;
    pn_str lower = pn_str_lower_ascii(importer->arena, name);
    if (field_known(kind, lower)) {
        return lower;
    }
    if (field_known(kind, name)) {
        return name; /* attributes keep their case */
    }
    pn_str bare = without_points(importer->arena, plain(importer->arena, name));
    for (size_t i = 0; kind == PN_IMPORT_LINES && i < PN_COUNT(LINE_SYNONYMS); i++) {
        if (pn_str_eq(bare, pn_str_of(LINE_SYNONYMS[i].column))) {
            return pn_str_of(LINE_SYNONYMS[i].field);
        }
    }
    for (size_t i = 0; i < PN_COUNT(SYNONYMS); i++) {
        if (pn_str_eq(bare, pn_str_of(SYNONYMS[i].column))) {
            pn_str field = pn_str_of(SYNONYMS[i].field);
            if (kind == PN_IMPORT_DEBTORS && pn_str_is(field, "debtor")) {
                field = PN_STR("external_id");
            } else if (kind == PN_IMPORT_DEBTORS && pn_str_is(field, "debtor_name")) {
                field = PN_STR("name");
            } else if (kind == PN_IMPORT_PAYMENTS && pn_str_is(field, "issued")) {
                field = PN_STR("date");
            } else if ((kind == PN_IMPORT_PAYMENTS || kind == PN_IMPORT_LINES) &&
                       pn_str_is(field, "external_id")) {
                field = PN_STR("invoice");
            }
            return field_known(kind, field) ? field : PN_STR_NONE;
        }
    }
    return PN_STR_NONE;
}

static bool column_used(const pn_importer *importer, size_t column) {
    for (size_t i = 0; i < importer->mapping.count; i++) {
        const pn_cell *cell = &importer->mapping.cells[i];
        if (cell->kind == PN_CELL_COLUMN && cell->column == column) {
            return true;
        }
    }
    return false;
}

/* A template names a column, or takes it out of `row`: by its name, or by one that is computed. */
static bool template_reads(const pn_liquid_template *template, pn_str column) {
    const pn_liquid_variable *variables = NULL;
    size_t count = 0;
    pn_liquid_variables(template, &variables, &count);
    for (size_t i = 0; i < count; i++) {
        pn_str path = variables[i].path;
        bool of_row = pn_str_starts(path, PN_STR("row."));
        if (pn_str_eq(of_row ? pn_str_from(path, 4) : path, column) || pn_str_is(path, "row[]")) {
            return true;
        }
    }
    return false;
}

static bool column_read(const pn_importer *importer, pn_str column) {
    for (size_t i = 0; i < importer->mapping.count; i++) {
        const pn_cell *cell = &importer->mapping.cells[i];
        if (cell->kind == PN_CELL_TEMPLATE && template_reads(cell->template, column)) {
            return true;
        }
    }
    return false;
}

static void map_by_name(pn_importer *importer) {
    pn_import_report *report = importer->report;
    report->ignored_columns = pn_arena_array(importer->arena, pn_str, importer->header.count + 1);
    for (size_t i = 0; i < importer->header.count; i++) {
        if (column_used(importer, i)) {
            continue;
        }
        pn_str field = field_of_column(importer, importer->header.names[i]);
        if (field.len != 0 && cell_of(&importer->mapping, field) == NULL) {
            pn_cell *cell = add_cell(importer, field);
            cell->kind = PN_CELL_COLUMN;
            cell->column = i;
        } else if (!column_read(importer, importer->header.names[i])) {
            report->ignored_columns[report->ignored_count++] = importer->header.names[i];
        }
    }
}

/* A list of what is pending has no total: what is open is what is owed. */
static void open_is_amount(pn_importer *importer) {
    pn_cell *open = cell_of(&importer->mapping, PN_STR("open"));
    if (importer->request->kind == PN_IMPORT_INVOICES && open != NULL &&
        open->kind == PN_CELL_COLUMN && cell_of(&importer->mapping, PN_STR("amount")) == NULL) {
        open->field = PN_STR("amount");
    }
}

pn_str pn_import_field_of(const pn_importer *importer, size_t column) {
    for (size_t i = 0; i < importer->mapping.count; i++) {
        const pn_cell *cell = &importer->mapping.cells[i];
        if (cell->kind == PN_CELL_COLUMN && cell->column == column) {
            return cell->field;
        }
    }
    return PN_STR_NONE;
}

void pn_import_missing(const pn_importer *importer, const char ***ret_names, size_t *ret_count) {
    enum { FIELDS_MAX = 64 };
    const char **names = pn_arena_array(importer->arena, const char *, FIELDS_MAX);
    size_t count = 0;
    const pn_import_field *field = FIELDS[importer->request->kind];
    for (; field->name != NULL && count < FIELDS_MAX; field++) {
        if (field->required && cell_of(&importer->mapping, pn_str_of(field->name)) == NULL) {
            names[count++] = field->name;
        }
    }
    *ret_names = names;
    *ret_count = count;
}

/* All that is missing is named at once: nobody likes to be told one thing at a time. */
static pn_err require_fields(pn_importer *importer) {
    const char **missing = NULL;
    size_t count = 0;
    pn_import_missing(importer, &missing, &count);
    if (count == 0) {
        return PN_OK;
    }
    pn_buf names;
    pn_buf_init(&names, 300);
    for (size_t i = 0; i < count; i++) {
        pn_buf_add_format(&names, "%s%s", i == 0 ? "" : ", ", missing[i]);
    }
    (void)pn_diag_set(importer->diag, PN_INVALID, "No column gives %.*s.",
                      PN_STR_ARG(pn_buf_str(&names)));
    pn_diag_mend(importer->diag, "Say which one does, with --map '%s=Column'.", missing[0]);
    pn_buf_done(&names);
    return PN_INVALID;
}

pn_err pn_import_map_loosely(pn_importer *importer) {
    PN_TRY(map_given(importer));
    map_by_name(importer);
    open_is_amount(importer);
    return PN_OK;
}

pn_err pn_import_map(pn_importer *importer) {
    PN_TRY(pn_import_map_loosely(importer));
    return require_fields(importer);
}

/* ── values ──────────────────────────────────────────────────────────────────────────────────── */

/* The row as data for a template: each column by its name, and all of them under `row`. */
static const pn_json *row_data(pn_importer *importer) {
    size_t count = importer->header.count;
    pn_arena *arena = &importer->row_arena;
    pn_json_member *members = pn_arena_array(arena, pn_json_member, count + 1);
    for (size_t i = 0; i < count; i++) {
        members[i].key = importer->header.names[i];
        members[i].value =
            (pn_json){.type = PN_JSON_STR, .text = pn_csv_field(importer->record, i)};
    }
    members[count].key = PN_STR("row");
    members[count].value =
        (pn_json){.type = PN_JSON_OBJECT, .count = (uint32_t)count, .members = members};
    pn_json *data = pn_arena_new(arena, pn_json);
    *data = (pn_json){.type = PN_JSON_OBJECT, .count = (uint32_t)count + 1, .members = members};
    return data;
}

static pn_str render_cell(pn_importer *importer, const pn_cell *cell) {
    pn_liquid_context context = {.data = row_data(importer), .now = PN_TIME_NONE};
    pn_buf out;
    pn_diag diag = {0};
    pn_buf_init(&out, PN_LIMIT_TEXT_BYTES);
    pn_err err = pn_liquid_render(cell->template, &context, &importer->row_arena, &out, &diag);
    if (err != PN_OK) {
        pn_str name = cell->field;
        pn_import_refuse(importer, pn_str_z(&importer->row_arena, name), PN_STR(""),
                         "the template fails: %s", diag.what);
    }
    pn_str value = pn_str_dup(&importer->row_arena, pn_buf_str(&out));
    pn_buf_done(&out);
    return pn_str_trim(value);
}

static const pn_cell *cell_for(pn_importer *importer, const char *field) {
    size_t at = ((uintptr_t)field * 0x9E37U >> 4) % PN_IMPORT_LOOKUPS;
    while (importer->lookups[at].field != NULL && importer->lookups[at].field != field) {
        at = (at + 1) % PN_IMPORT_LOOKUPS;
    }
    if (importer->lookups[at].field == NULL) {
        importer->lookups[at] =
            (pn_import_lookup){field, cell_of(&importer->mapping, pn_str_of(field))};
    }
    return importer->lookups[at].cell;
}

/* What a person wrote for this value of this row; NULL: nothing. */
static const pn_import_fix *fix_for(const pn_importer *importer, pn_str field) {
    const pn_import_request *request = importer->request;
    size_t low = 0, high = request->fix_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (request->fixes[middle].line < importer->line) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (; low < request->fix_count && request->fixes[low].line == importer->line; low++) {
        if (pn_str_eq(request->fixes[low].field, field)) {
            return &request->fixes[low];
        }
    }
    return NULL;
}

bool pn_import_fixed(const pn_importer *importer, pn_str field) {
    return fix_for(importer, field) != NULL;
}

pn_str pn_import_value(pn_importer *importer, const char *field) {
    const pn_import_fix *fix = fix_for(importer, pn_str_of(field));
    if (fix != NULL) {
        return pn_str_trim(fix->value);
    }
    const pn_cell *cell = cell_for(importer, field);
    if (cell == NULL) {
        return PN_STR_NONE;
    }
    switch (cell->kind) {
    case PN_CELL_NONE: break;
    case PN_CELL_COLUMN: return pn_str_trim(pn_csv_field(importer->record, cell->column));
    case PN_CELL_LITERAL: return cell->literal;
    case PN_CELL_TEMPLATE: return render_cell(importer, cell);
    }
    return PN_STR_NONE;
}

pn_str pn_import_keep(pn_importer *importer, pn_str value) {
    pn_str file = importer->request->bytes;
    bool view = value.ptr >= file.ptr && value.ptr + value.len <= file.ptr + file.len;
    return value.len == 0 || view ? value : pn_str_dup(importer->arena, value);
}
