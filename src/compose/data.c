/* From facts to the objects of a template.
 *
 * The slots of a class and its table of fields stand together; the table's help sentences are the
 * reference (reference.c) that authors read. */
#include "compose/data.h"

#include "base/banned.h"
#include "compose/clean.h"

enum {
    ITEM_HEAD,
    ITEM_NUMBER,
    ITEM_PRODUCT,
    ITEM_ISSUED,
    ITEM_DUE,
    ITEM_AMOUNT,
    ITEM_OPEN,
    ITEM_CLAIMABLE,
    ITEM_CHARGES,
    ITEM_DAYS_OVERDUE,
    ITEM_DAYS_LEFT,
    ITEM_SLOTS
};
static const pn_liquid_field ITEM_FIELDS[ITEM_SLOTS] = {
    [ITEM_NUMBER] = {"number", PN_LIQUID_STR, NULL, "Its number"},
    [ITEM_PRODUCT] = {"product", PN_LIQUID_STR, NULL, "What it is for, as it was imported"},
    [ITEM_ISSUED] = {"issued", PN_LIQUID_DATE, NULL, "Date of issue"},
    [ITEM_DUE] = {"due", PN_LIQUID_DATE, NULL, "Due date"},
    [ITEM_AMOUNT] = {"amount", PN_LIQUID_MONEY, NULL, "What it was issued for"},
    [ITEM_OPEN] = {"open", PN_LIQUID_MONEY, NULL, "What is not paid of it"},
    [ITEM_CLAIMABLE] = {"claimable", PN_LIQUID_MONEY, NULL,
                        "What may be asked for: `open` without what is disputed, promised, in a "
                        "plan or on its way"},
    [ITEM_CHARGES] = {"charges", PN_LIQUID_MONEY, NULL, "The interest and fees within `open`"},
    [ITEM_DAYS_OVERDUE] = {"days_overdue", PN_LIQUID_INT, NULL,
                           "Days since the due date, negative before it"},
    [ITEM_DAYS_LEFT] = {"days_left", PN_LIQUID_INT, NULL,
                        "Days until the due date, negative after it"},
};
static const pn_liquid_class ITEM = {"invoice", ITEM_FIELDS, ITEM_SLOTS};

enum {
    DEBTOR_HEAD,
    DEBTOR_NAME,
    DEBTOR_CONTACT,
    DEBTOR_ID,
    DEBTOR_TAX_ID,
    DEBTOR_LANGUAGE,
    DEBTOR_COUNTRY,
    DEBTOR_ATTR,
    DEBTOR_SLOTS
};
static const pn_liquid_field DEBTOR_FIELDS[DEBTOR_SLOTS] = {
    [DEBTOR_NAME] = {"name", PN_LIQUID_STR, NULL, "Who owes"},
    [DEBTOR_CONTACT] = {"contact", PN_LIQUID_STR, NULL, "The person written to, where known"},
    [DEBTOR_ID] = {"id", PN_LIQUID_STR, NULL, "Customer number in your own system"},
    [DEBTOR_TAX_ID] = {"tax_id", PN_LIQUID_STR, NULL, "Tax number"},
    [DEBTOR_LANGUAGE] = {"language", PN_LIQUID_STR, NULL, "Preferred language, such as `es`"},
    [DEBTOR_COUNTRY] = {"country", PN_LIQUID_STR, NULL, "Country, such as `MX`"},
    [DEBTOR_ATTR] = {"attr", PN_LIQUID_JSON_OBJECT, NULL,
                     "Your own attributes by key: `debtor.attr.route`; names are not checked"},
};
static const pn_liquid_class DEBTOR = {"debtor", DEBTOR_FIELDS, DEBTOR_SLOTS};

enum {
    CREDITOR_HEAD,
    CREDITOR_NAME,
    CREDITOR_TAX_ID,
    CREDITOR_ADDRESS,
    CREDITOR_PHONE,
    CREDITOR_EMAIL,
    CREDITOR_IBAN,
    CREDITOR_SLOTS
};
static const pn_liquid_field CREDITOR_FIELDS[CREDITOR_SLOTS] = {
    [CREDITOR_NAME] = {"name", PN_LIQUID_STR, NULL, "Who is owed"},
    [CREDITOR_TAX_ID] = {"tax_id", PN_LIQUID_STR, NULL, "Tax number"},
    [CREDITOR_ADDRESS] = {"address", PN_LIQUID_STR, NULL, "Postal address, on one line"},
    [CREDITOR_PHONE] = {"phone", PN_LIQUID_STR, NULL, "Telephone"},
    [CREDITOR_EMAIL] = {"email", PN_LIQUID_STR, NULL, "Address that replies go to"},
    [CREDITOR_IBAN] = {"iban", PN_LIQUID_STR, NULL, "Bank account: IBAN, CLABE or number"},
};
static const pn_liquid_class CREDITOR = {"creditor", CREDITOR_FIELDS, CREDITOR_SLOTS};

enum {
    COLLECTOR_HEAD,
    COLLECTOR_NAME,
    COLLECTOR_TITLE,
    COLLECTOR_PHONE,
    COLLECTOR_EMAIL,
    COLLECTOR_SLOTS
};
static const pn_liquid_field COLLECTOR_FIELDS[COLLECTOR_SLOTS] = {
    [COLLECTOR_NAME] = {"name", PN_LIQUID_STR, NULL, "Their name"},
    [COLLECTOR_TITLE] = {"title", PN_LIQUID_STR, NULL, "What they are, where known"},
    [COLLECTOR_PHONE] = {"phone", PN_LIQUID_STR, NULL, "Their own telephone, where known"},
    [COLLECTOR_EMAIL] = {"email", PN_LIQUID_STR, NULL, "Their own address, where known"},
};
static const pn_liquid_class COLLECTOR = {"collector", COLLECTOR_FIELDS, COLLECTOR_SLOTS};

enum { PROMISE_HEAD, PROMISE_AMOUNT, PROMISE_DUE, PROMISE_SLOTS };
static const pn_liquid_field PROMISE_FIELDS[PROMISE_SLOTS] = {
    [PROMISE_AMOUNT] = {"amount", PN_LIQUID_MONEY, NULL, "What was promised"},
    [PROMISE_DUE] = {"due", PN_LIQUID_DATE, NULL, "For which day"},
};
static const pn_liquid_class PROMISE = {"promise", PROMISE_FIELDS, PROMISE_SLOTS};

enum {
    INSTALLMENT_HEAD,
    INSTALLMENT_AMOUNT,
    INSTALLMENT_DUE,
    INSTALLMENT_NUMBER,
    INSTALLMENT_COUNT,
    INSTALLMENT_SLOTS
};
static const pn_liquid_field INSTALLMENT_FIELDS[INSTALLMENT_SLOTS] = {
    [INSTALLMENT_AMOUNT] = {"amount", PN_LIQUID_MONEY, NULL, "What is not paid of it"},
    [INSTALLMENT_DUE] = {"due", PN_LIQUID_DATE, NULL, "Its day"},
    [INSTALLMENT_NUMBER] = {"number", PN_LIQUID_INT, NULL, "Its number, from 1"},
    [INSTALLMENT_COUNT] = {"count", PN_LIQUID_INT, NULL, "How many the plan has"},
};
static const pn_liquid_class INSTALLMENT = {"installment", INSTALLMENT_FIELDS, INSTALLMENT_SLOTS};

enum { PAYMENT_HEAD, PAYMENT_AMOUNT, PAYMENT_DATE, PAYMENT_REFERENCE, PAYMENT_SLOTS };
static const pn_liquid_field PAYMENT_FIELDS[PAYMENT_SLOTS] = {
    [PAYMENT_AMOUNT] = {"amount", PN_LIQUID_MONEY, NULL, "What was paid"},
    [PAYMENT_DATE] = {"date", PN_LIQUID_DATE, NULL, "When it arrived"},
    [PAYMENT_REFERENCE] = {"reference", PN_LIQUID_STR, NULL, "Reference it came with"},
};
static const pn_liquid_class PAYMENT = {"payment", PAYMENT_FIELDS, PAYMENT_SLOTS};

enum { HANDOVER_HEAD, HANDOVER_NAME, HANDOVER_CONTACT, HANDOVER_SLOTS };
static const pn_liquid_field HANDOVER_FIELDS[HANDOVER_SLOTS] = {
    [HANDOVER_NAME] = {"name", PN_LIQUID_STR, NULL, "Who takes the case over"},
    [HANDOVER_CONTACT] = {"contact", PN_LIQUID_STR, NULL, "How to reach them"},
};
enum { AGENCY_HEAD, AGENCY_NAME, AGENCY_SLOTS };
static const pn_liquid_field AGENCY_FIELDS[AGENCY_SLOTS] = {
    [AGENCY_NAME] = {"name", PN_LIQUID_STR, NULL, "Its name: the organization's"},
};
static const pn_liquid_class AGENCY = {"agency", AGENCY_FIELDS, AGENCY_SLOTS};

static const pn_liquid_class HANDOVER = {"handover", HANDOVER_FIELDS, HANDOVER_SLOTS};

enum {
    ROOT_HEAD,
    ROOT_RECIPIENT,
    ROOT_DEBTOR,
    ROOT_CREDITOR,
    ROOT_SENDER,
    ROOT_COLLECTOR,
    ROOT_SIGNATURE,
    ROOT_INVOICE,
    ROOT_INVOICES,
    ROOT_UPCOMING,
    ROOT_LISTED,
    ROOT_TOTAL,
    ROOT_TOTAL_OVERDUE,
    ROOT_TOTAL_UPCOMING,
    ROOT_TODAY,
    ROOT_CODE,
    ROOT_LINK,
    ROOT_WEB_LINK,
    ROOT_REFERENCE,
    ROOT_TONE,
    ROOT_DEADLINE,
    ROOT_ATTACHMENTS,
    ROOT_PROMISE,
    ROOT_INSTALLMENT,
    ROOT_PAYMENT,
    ROOT_HANDOVER,
    ROOT_AGENCY,
    ROOT_SLOTS
};
static const pn_liquid_field ROOT_FIELDS[ROOT_SLOTS] = {
    [ROOT_RECIPIENT] =
        {"recipient", PN_LIQUID_STR, NULL,
         "Whom to greet: the contact's name, else the debtor's; nothing where both are unknown"},
    [ROOT_DEBTOR] = {"debtor", PN_LIQUID_OBJECT, &DEBTOR, "Who owes"},
    [ROOT_CREDITOR] = {"creditor", PN_LIQUID_OBJECT, &CREDITOR, "Who is owed"},
    [ROOT_SENDER] = {"sender", PN_LIQUID_STR, NULL,
                     "The collector who signs, else the creditor's name"},
    [ROOT_SIGNATURE] = {"signature", PN_LIQUID_STR, NULL,
                        "Collector (name, title, telephone) and creditor on lines of their own, "
                        "or the creditor alone"},
    [ROOT_COLLECTOR] = {"collector", PN_LIQUID_OBJECT, &COLLECTOR,
                        "The person of ours who signs; nothing where nobody does"},
    [ROOT_INVOICE] = {"invoice", PN_LIQUID_OBJECT, &ITEM,
                      "The first listed invoice: the one longest overdue, else the next to fall "
                      "due"},
    [ROOT_INVOICES] = {"invoices", PN_LIQUID_LIST, &ITEM, "Those past their due date"},
    [ROOT_UPCOMING] = {"upcoming", PN_LIQUID_LIST, &ITEM, "Those not due yet, or due today"},
    [ROOT_LISTED] = {"listed", PN_LIQUID_LIST, &ITEM, "All of them: `invoices`, then `upcoming`"},
    [ROOT_TOTAL] = {"total", PN_LIQUID_MONEY, NULL, "What may be asked for, of all listed"},
    [ROOT_TOTAL_OVERDUE] = {"total_overdue", PN_LIQUID_MONEY, NULL, "The same, of the overdue"},
    [ROOT_TOTAL_UPCOMING] = {"total_upcoming", PN_LIQUID_MONEY, NULL,
                             "The same, of those not due yet"},
    [ROOT_TODAY] = {"today", PN_LIQUID_DATE, NULL, "The day the amounts are calculated for"},
    [ROOT_CODE] = {"code", PN_LIQUID_STR, NULL,
                   "Anti-phishing code, the same in every message to this debtor"},
    [ROOT_LINK] = {"link", PN_LIQUID_STR, NULL, "The debtor's page; nothing while there is none"},
    [ROOT_WEB_LINK] = {"web_link", PN_LIQUID_STR, NULL,
                       "This e-mail in the browser; nothing while it cannot be seen there"},
    [ROOT_REFERENCE] = {"reference", PN_LIQUID_STR, NULL, "What to write on a bank transfer"},
    [ROOT_TONE] = {"tone", PN_LIQUID_INT, NULL, "1 friendly to 5 final"},
    [ROOT_DEADLINE] = {"deadline", PN_LIQUID_DATE, NULL,
                       "Until when an answer prevents the next step; nothing where none is set"},
    [ROOT_ATTACHMENTS] = {"attachments", PN_LIQUID_INT, NULL, "How many files are attached"},
    [ROOT_PROMISE] = {"promise", PN_LIQUID_OBJECT, &PROMISE,
                      "The next promise to pay that is open, else the last one broken; nothing "
                      "where there is none"},
    [ROOT_INSTALLMENT] = {"installment", PN_LIQUID_OBJECT, &INSTALLMENT,
                          "The first installment of the plan that is not paid; nothing where there "
                          "is no plan"},
    [ROOT_PAYMENT] = {"payment", PN_LIQUID_OBJECT, &PAYMENT,
                      "The last payment for the invoice or account, in texts that are no demand"},
    [ROOT_HANDOVER] = {"handover", PN_LIQUID_OBJECT, &HANDOVER,
                       "The lawyer, agency or insurer that takes the case over"},
    [ROOT_AGENCY] = {"agency", PN_LIQUID_OBJECT, &AGENCY,
                     "Who collects, where the claim is somebody else's; else nothing"},
};
const pn_liquid_class pn_compose_class = {"message", ROOT_FIELDS, ROOT_SLOTS};

/* ── cleaning ────────────────────────────────────────────────────────────────────────────────── */

/* The numbers of the overdue invoices (of the others where none is) as far as a bank's field has
 * room, which is what matching reads best; else the customer number. */
static pn_str default_reference(const pn_compose_facts *facts, pn_arena *arena) {
    enum { ROOM = 70 };
    bool overdue = facts->overdue_count != 0;
    const pn_compose_item *items = overdue ? facts->overdue : facts->upcoming;
    size_t count = overdue ? facts->overdue_count : facts->upcoming_count;
    char text[ROOM];
    size_t len = 0;
    for (size_t i = 0; i < count; i++) {
        pn_str number = items[i].number;
        if (count == 1) {
            return number;
        }
        size_t gap = i == 0 ? 0 : 2;
        if (len + gap + number.len > ROOM) {
            return facts->debtor_external_id.len != 0 ? facts->debtor_external_id : items[0].number;
        }
        memcpy(text + len, ", ", gap);
        if (number.len != 0) {
            memcpy(text + len + gap, number.ptr, number.len);
        }
        len += gap + number.len;
    }
    return pn_str_dup(arena, (pn_str){text, len});
}

static void clean_text(pn_str *text, pn_arena *arena) {
    *text = pn_clean(*text, PN_STR(" "), arena);
}

static const pn_compose_item *clean_items(const pn_compose_item *items, size_t count,
                                          pn_arena *arena) {
    pn_compose_item *clean = pn_arena_alloc(arena, count * sizeof *clean);
    for (size_t i = 0; i < count; i++) {
        clean[i] = items[i];
        clean_text(&clean[i].number, arena);
        clean_text(&clean[i].product, arena);
    }
    return clean;
}

const pn_compose_facts *pn_compose_cleaned(const pn_compose_facts *facts, pn_arena *arena) {
    pn_compose_facts *clean = pn_arena_alloc(arena, sizeof *clean);
    *clean = *facts;
    pn_str *const texts[] = {
        &clean->language,
        &clean->country,
        &clean->debtor_name,
        &clean->debtor_external_id,
        &clean->debtor_tax_id,
        &clean->contact_name,
        &clean->creditor_name,
        &clean->creditor_tax_id,
        &clean->creditor_phone,
        &clean->creditor_email,
        &clean->creditor_iban,
        &clean->sender_name,
        &clean->sender_title,
        &clean->sender_phone,
        &clean->sender_email,
        &clean->logo_src,
        &clean->link,
        &clean->code,
        &clean->web_link,
        &clean->reference,
        &clean->payment_reference,
        &clean->handover_name,
        &clean->handover_contact,
        &clean->agency_name,
        &clean->creditor_pix,
    };
    for (size_t i = 0; i < PN_COUNT(texts); i++) {
        clean_text(texts[i], arena);
    }
    clean->creditor_address = pn_clean(facts->creditor_address, PN_STR(", "), arena);
    clean->sender_signature = pn_clean(facts->sender_signature, PN_STR("\n"), arena);
    clean->overdue = clean_items(facts->overdue, facts->overdue_count, arena);
    clean->upcoming = clean_items(facts->upcoming, facts->upcoming_count, arena);
    pn_str *const links[] = {&clean->link, &clean->web_link};
    for (size_t i = 0; i < PN_COUNT(links); i++) {
        if (!pn_str_starts(*links[i], PN_STR("http")) || !pn_url_allowed(*links[i])) {
            *links[i] = PN_STR_NONE;
        }
    }
    if (clean->reference.len == 0) {
        clean->reference = default_reference(clean, arena);
    }
    return clean;
}

/* ── objects ─────────────────────────────────────────────────────────────────────────────────── */

static pn_liquid_value text_of(pn_str text) {
    return text.len == 0 ? pn_liquid_nil() : pn_liquid_str(text);
}

static pn_liquid_value money_of(pn_money money) {
    return pn_compose_has(money) ? pn_liquid_money(money) : pn_liquid_nil();
}

static void fill_item(pn_liquid_value *slots, const pn_compose_item *item) {
    slots[ITEM_HEAD] = pn_liquid_head(&ITEM);
    slots[ITEM_NUMBER] = text_of(item->number);
    slots[ITEM_PRODUCT] = text_of(item->product);
    slots[ITEM_ISSUED] = pn_liquid_date(item->issued);
    slots[ITEM_DUE] = pn_liquid_date(item->due);
    slots[ITEM_AMOUNT] = money_of(item->amount);
    slots[ITEM_OPEN] = money_of(item->open);
    slots[ITEM_CLAIMABLE] = money_of(item->claimable);
    slots[ITEM_CHARGES] = money_of(item->charges);
    slots[ITEM_DAYS_OVERDUE] = pn_liquid_int(item->days_overdue);
    slots[ITEM_DAYS_LEFT] = pn_liquid_int(-(int64_t)item->days_overdue);
}

static void fill_items(const pn_compose_facts *facts, pn_liquid_value *root, pn_arena *arena) {
    size_t overdue = facts->overdue_count, count = overdue + facts->upcoming_count;
    pn_liquid_value *slots = pn_arena_alloc(arena, count * ITEM_SLOTS * sizeof *slots);
    for (size_t i = 0; i < overdue; i++) {
        fill_item(slots + i * ITEM_SLOTS, &facts->overdue[i]);
    }
    for (size_t i = overdue; i < count; i++) {
        fill_item(slots + i * ITEM_SLOTS, &facts->upcoming[i - overdue]);
    }
    root[ROOT_INVOICE] = count == 0 ? pn_liquid_nil() : pn_liquid_object(slots);
    root[ROOT_INVOICES] = pn_liquid_list(slots, (uint32_t)overdue);
    root[ROOT_UPCOMING] =
        pn_liquid_list(slots + overdue * ITEM_SLOTS, (uint32_t)facts->upcoming_count);
    root[ROOT_LISTED] = pn_liquid_list(slots, (uint32_t)count);
}

/* An attribute's value as free data: only its reader knows what it means. */
static pn_json attribute_of(const pn_attr *attr, pn_arena *arena) {
    pn_json value = {.type = PN_JSON_STR};
    char iso[PN_DATE_ISO_SIZE];
    switch (attr->type) {
    case PN_ATTR_TEXT: value.text = pn_clean(attr->text, PN_STR(" "), arena); break;
    case PN_ATTR_DATE:
        value.text = attr->number < PN_DATE_FIRST || attr->number > PN_DATE_LAST
                         ? PN_STR_NONE
                         : pn_str_dup(arena, pn_str_of(pn_date_iso((pn_date)attr->number, iso)));
        break;
    case PN_ATTR_BOOL: value = (pn_json){.type = PN_JSON_BOOL, .boolean = attr->number != 0}; break;
    case PN_ATTR_NUMBER: {
        enum { SCALE = 10000, DECIMALS = 4 };
        if (attr->number % SCALE == 0) {
            value = (pn_json){.type = PN_JSON_INT, .integer = attr->number / SCALE};
            break;
        }
        char *text = pn_arena_alloc(arena, 32);
        pn_buf buf = {.ptr = text, .capacity = 32, .max = 32};
        pn_amount_plain(&buf, attr->number, DECIMALS);
        value = (pn_json){.type = PN_JSON_REAL, .text = pn_buf_str(&buf)};
        break;
    }
    }
    return value;
}

/* Made only where a template reads it. */
static pn_liquid_value attributes(const void *host, pn_arena *arena) {
    const pn_compose_facts *facts = host;
    pn_json *object = pn_arena_new(arena, pn_json);
    object->type = PN_JSON_OBJECT;
    object->count = (uint32_t)facts->debtor_attr_count;
    object->members = pn_arena_array(arena, pn_json_member, facts->debtor_attr_count);
    for (size_t i = 0; i < facts->debtor_attr_count; i++) {
        object->members[i] = (pn_json_member){
            .key = facts->debtor_attrs[i].key,
            .value = attribute_of(&facts->debtor_attrs[i], arena),
        };
    }
    return pn_liquid_json(object);
}

static pn_liquid_value debtor_of(const pn_compose_facts *facts, pn_arena *arena) {
    pn_liquid_value *slots = pn_arena_alloc(arena, DEBTOR_SLOTS * sizeof *slots);
    pn_liquid_lazy *lazy = pn_arena_alloc(arena, sizeof *lazy);
    *lazy = (pn_liquid_lazy){attributes, facts};
    slots[DEBTOR_HEAD] = pn_liquid_head(&DEBTOR);
    slots[DEBTOR_NAME] = text_of(facts->debtor_name);
    slots[DEBTOR_CONTACT] = text_of(facts->contact_name);
    slots[DEBTOR_ID] = text_of(facts->debtor_external_id);
    slots[DEBTOR_TAX_ID] = text_of(facts->debtor_tax_id);
    slots[DEBTOR_LANGUAGE] = text_of(facts->language);
    slots[DEBTOR_COUNTRY] = text_of(facts->country);
    slots[DEBTOR_ATTR] = pn_liquid_lazy_value(lazy);
    return pn_liquid_object(slots);
}

static pn_liquid_value creditor_of(const pn_compose_facts *facts, pn_arena *arena) {
    pn_liquid_value *slots = pn_arena_alloc(arena, CREDITOR_SLOTS * sizeof *slots);
    slots[CREDITOR_HEAD] = pn_liquid_head(&CREDITOR);
    slots[CREDITOR_NAME] = text_of(facts->creditor_name);
    slots[CREDITOR_TAX_ID] = text_of(facts->creditor_tax_id);
    slots[CREDITOR_ADDRESS] = text_of(facts->creditor_address);
    slots[CREDITOR_PHONE] = text_of(facts->creditor_phone);
    slots[CREDITOR_EMAIL] = text_of(facts->creditor_email);
    slots[CREDITOR_IBAN] = text_of(facts->creditor_iban);
    return pn_liquid_object(slots);
}

static pn_liquid_value promise_of(const pn_compose_facts *facts, pn_arena *arena) {
    if (!pn_compose_has(facts->promise_amount) || facts->promise_due == PN_DATE_NONE) {
        return pn_liquid_nil();
    }
    pn_liquid_value *slots = pn_arena_alloc(arena, PROMISE_SLOTS * sizeof *slots);
    slots[PROMISE_HEAD] = pn_liquid_head(&PROMISE);
    slots[PROMISE_AMOUNT] = money_of(facts->promise_amount);
    slots[PROMISE_DUE] = pn_liquid_date(facts->promise_due);
    return pn_liquid_object(slots);
}

static pn_liquid_value installment_of(const pn_compose_facts *facts, pn_arena *arena) {
    if (!pn_compose_has(facts->installment_amount) || facts->installment_due == PN_DATE_NONE) {
        return pn_liquid_nil();
    }
    pn_liquid_value *slots = pn_arena_alloc(arena, INSTALLMENT_SLOTS * sizeof *slots);
    slots[INSTALLMENT_HEAD] = pn_liquid_head(&INSTALLMENT);
    slots[INSTALLMENT_AMOUNT] = money_of(facts->installment_amount);
    slots[INSTALLMENT_DUE] = pn_liquid_date(facts->installment_due);
    slots[INSTALLMENT_NUMBER] = pn_liquid_int((int64_t)facts->installment_number);
    slots[INSTALLMENT_COUNT] = pn_liquid_int((int64_t)facts->installment_count);
    return pn_liquid_object(slots);
}

static pn_liquid_value payment_of(const pn_compose_facts *facts, pn_arena *arena) {
    if (!pn_compose_has(facts->payment_amount)) {
        return pn_liquid_nil();
    }
    pn_liquid_value *slots = pn_arena_alloc(arena, PAYMENT_SLOTS * sizeof *slots);
    slots[PAYMENT_HEAD] = pn_liquid_head(&PAYMENT);
    slots[PAYMENT_AMOUNT] = money_of(facts->payment_amount);
    slots[PAYMENT_DATE] = pn_liquid_date(facts->payment_date);
    slots[PAYMENT_REFERENCE] = text_of(facts->payment_reference);
    return pn_liquid_object(slots);
}

static pn_liquid_value handover_of(const pn_compose_facts *facts, pn_arena *arena) {
    if (facts->handover_name.len == 0) {
        return pn_liquid_nil();
    }
    pn_liquid_value *slots = pn_arena_alloc(arena, HANDOVER_SLOTS * sizeof *slots);
    slots[HANDOVER_HEAD] = pn_liquid_head(&HANDOVER);
    slots[HANDOVER_NAME] = text_of(facts->handover_name);
    slots[HANDOVER_CONTACT] = text_of(facts->handover_contact);
    return pn_liquid_object(slots);
}

static pn_liquid_value agency_of(const pn_compose_facts *facts, pn_arena *arena) {
    if (facts->agency_name.len == 0) {
        return pn_liquid_nil();
    }
    pn_liquid_value *slots = pn_arena_alloc(arena, AGENCY_SLOTS * sizeof *slots);
    slots[AGENCY_HEAD] = pn_liquid_head(&AGENCY);
    slots[AGENCY_NAME] = text_of(facts->agency_name);
    return pn_liquid_object(slots);
}

/* The one text with line breaks in it: who signs, what they are, how to reach them, the creditor.
 */
static pn_str signature_of(const pn_compose_facts *facts, pn_arena *arena) {
    pn_str person = facts->sender_name, creditor = facts->creditor_name;
    bool own = facts->sender_signature.len != 0;
    const pn_str lines[] = {person, own ? facts->sender_signature : facts->sender_title,
                            own ? PN_STR_NONE : facts->sender_phone,
                            pn_str_eq(person, creditor) ? PN_STR_NONE : creditor};
    if (person.len == 0) {
        return creditor;
    }
    size_t size = 0;
    for (size_t i = 0; i < PN_COUNT(lines); i++) {
        size += lines[i].len + 1;
    }
    char *text = pn_arena_alloc(arena, size);
    size_t len = 0;
    for (size_t i = 0; i < PN_COUNT(lines); i++) {
        if (lines[i].len != 0) {
            text[len] = '\n';
            len += len != 0;
            memcpy(text + len, lines[i].ptr, lines[i].len);
            len += lines[i].len;
        }
    }
    return (pn_str){text, len};
}

static pn_liquid_value collector_of(const pn_compose_facts *facts, pn_arena *arena) {
    if (facts->sender_name.len == 0) {
        return pn_liquid_nil();
    }
    pn_liquid_value *slots = pn_arena_alloc(arena, COLLECTOR_SLOTS * sizeof *slots);
    slots[COLLECTOR_HEAD] = pn_liquid_head(&COLLECTOR);
    slots[COLLECTOR_NAME] = text_of(facts->sender_name);
    slots[COLLECTOR_TITLE] = text_of(facts->sender_title);
    slots[COLLECTOR_PHONE] = text_of(facts->sender_phone);
    slots[COLLECTOR_EMAIL] = text_of(facts->sender_email);
    return pn_liquid_object(slots);
}

static pn_liquid_value total_upcoming(const pn_compose_facts *facts) {
    pn_money rest;
    return pn_money_sub(facts->total, facts->total_overdue, &rest) == PN_OK ? money_of(rest)
                                                                            : pn_liquid_nil();
}

/* A debtor imported without a name has its key for one, which nobody is greeted by. */
static pn_str whom_to_greet(const pn_compose_facts *facts) {
    if (facts->contact_name.len != 0) {
        return facts->contact_name;
    }
    bool named = !pn_str_eq(facts->debtor_name, facts->debtor_external_id);
    return named ? facts->debtor_name : PN_STR_NONE;
}

const pn_liquid_value *pn_compose_objects(const pn_compose_facts *facts, pn_arena *arena) {
    pn_liquid_value *root = pn_arena_alloc(arena, ROOT_SLOTS * sizeof *root);
    root[ROOT_HEAD] = pn_liquid_head(&pn_compose_class);
    root[ROOT_RECIPIENT] = text_of(whom_to_greet(facts));
    root[ROOT_DEBTOR] = debtor_of(facts, arena);
    root[ROOT_CREDITOR] = creditor_of(facts, arena);
    root[ROOT_SENDER] =
        text_of(facts->sender_name.len != 0 ? facts->sender_name : facts->creditor_name);
    root[ROOT_COLLECTOR] = collector_of(facts, arena);
    root[ROOT_SIGNATURE] = text_of(signature_of(facts, arena));
    fill_items(facts, root, arena);
    root[ROOT_TOTAL] = money_of(facts->total);
    root[ROOT_TOTAL_OVERDUE] = money_of(facts->total_overdue);
    root[ROOT_TOTAL_UPCOMING] = total_upcoming(facts);
    root[ROOT_TODAY] = pn_liquid_date(facts->today);
    root[ROOT_CODE] = text_of(facts->code);
    root[ROOT_LINK] = text_of(facts->link);
    root[ROOT_WEB_LINK] = text_of(facts->web_link);
    root[ROOT_REFERENCE] = text_of(facts->reference);
    root[ROOT_TONE] = pn_liquid_int(facts->tone);
    root[ROOT_DEADLINE] =
        facts->deadline > facts->today ? pn_liquid_date(facts->deadline) : pn_liquid_nil();
    root[ROOT_ATTACHMENTS] = pn_liquid_int((int64_t)facts->attachment_count);
    root[ROOT_PROMISE] = promise_of(facts, arena);
    root[ROOT_INSTALLMENT] = installment_of(facts, arena);
    root[ROOT_PAYMENT] = payment_of(facts, arena);
    root[ROOT_HANDOVER] = handover_of(facts, arena);
    root[ROOT_AGENCY] = agency_of(facts, arena);
    return root;
}
