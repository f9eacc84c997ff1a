#include "reports/render/escape.h"

#include "harness/base/text.h"

#include <ctype.h>
#include <string.h>

typedef void quote_function(struct buf *b, const char *text, size_t length);

/* quote: called with every character that is plain, to add it as the target wants it; blanks: whether tabs
 * and line ends are. */
static void add_seen(struct buf *b, const char *text, quote_function *quote, bool blanks)
{
    size_t left = text ? strlen(text) : 0;
    uint32_t before = 0;
    while (left > 0) {
        uint32_t code = 0;
        size_t length = text_character(text, left, &code), step = length ? length : 1;
        bool hidden = text_is_hidden_here(code, &before);
        if (length == 0)
            buf_add_text(b, "\xef\xbf\xbd");
        else if (blanks && (code == '\t' || code == '\n' || code == '\r'))
            buf_add_char(b, ' ');
        else if (hidden)
            text_add_escape(b, code);
        else
            quote(b, text, length);
        text += step;
        left -= step;
    }
}

static void add_clean(struct buf *b, const char *text, quote_function *quote)
{
    add_seen(b, text, quote, true);
}

static void quote_plain(struct buf *b, const char *text, size_t length)
{
    buf_add(b, text, length);
}

static void quote_csv(struct buf *b, const char *text, size_t length)
{
    if (text[0] == '"')
        buf_add_char(b, '"');
    buf_add(b, text, length);
}

/* An entity is never taken as markup, so it stands for what would end a column or begin code, HTML or a link;
 * the rest is readable with a backslash. A mention is looked for after all that, so a comment breaks it. */
static void quote_markdown(struct buf *b, const char *text, size_t length)
{
    static const char entities[] = "|`<>&";
    if (text[0] == ':' && (text[1] == '/' || isalpha((unsigned char)text[1]) || text[1] == '+'))
        buf_add_text(b, "&#58;"); /* a scheme, or a picture by its name */
    else if (text[0] == '@')
        buf_add_text(b, "@<!-- -->");
    else if (strchr(entities, text[0]))
        buf_add_format(b, "&#%d;", text[0]);
    else if (length == 3 &&
             memcmp(text, "\xef\xbd\x9c", 3) == 0) /* full width, but some readers split at it */
        buf_add_text(b, "&#65372;");
    else {
        if (strchr("\\*_[]#~$", text[0]))
            buf_add_char(b, '\\');
        buf_add(b, text, length);
    }
}

static void quote_html(struct buf *b, const char *text, size_t length)
{
    switch (text[0]) {
    case '&':
        buf_add_text(b, "&amp;");
        break;
    case '<':
        buf_add_text(b, "&lt;");
        break;
    case '>':
        buf_add_text(b, "&gt;");
        break;
    case '"':
        buf_add_text(b, "&quot;");
        break;
    case '\'':
        buf_add_text(b, "&#39;");
        break;
    default:
        buf_add(b, text, length);
    }
}

/* gnuplot 5.4 reads a doubled quote as one in most places, but not at the beginning nor behind another. */
static void quote_gnuplot(struct buf *b, const char *text, size_t length)
{
    if (text[0] == '\'')
        buf_add_text(b, "\xe2\x80\x99");
    else
        buf_add(b, text, length);
}

/* < and its kin as escapes: what reads the block as markup finds none, whatever the text says. */
static void quote_json(struct buf *b, const char *text, size_t length)
{
    if (text[0] == '<' || text[0] == '>' || text[0] == '&')
        buf_add_format(b, "\\u%04x", (unsigned)text[0]);
    else if (text[0] == '"' || text[0] == '\\')
        buf_add_format(b, "\\%c", text[0]);
    else
        buf_add(b, text, length);
}

/* Shown first and quoted then, so that an escape is still one once the string is read. */
void escape_json(struct buf *b, const char *text)
{
    struct buf shown;
    buf_init(&shown, b->max);
    add_clean(&shown, text, quote_plain);
    add_clean(b, shown.data, quote_json);
    b->failed = b->failed || shown.failed;
    buf_free(&shown);
}

void escape_html(struct buf *b, const char *text)
{
    add_clean(b, text, quote_html);
}

void escape_gnuplot(struct buf *b, const char *text)
{
    buf_add_char(b, '\'');
    add_clean(b, text, quote_gnuplot);
    buf_add_char(b, '\'');
}

/* gnuplot knows no quote inside a quoted field; a backslash stands for itself only when it is doubled. */
static void quote_gnuplot_field(struct buf *b, const char *text, size_t length)
{
    if (text[0] == '"')
        buf_add_text(b, "''");
    else if (text[0] == '\\')
        buf_add_text(b, "\\\\");
    else
        buf_add(b, text, length);
}

void escape_gnuplot_field(struct buf *b, const char *text)
{
    buf_add_char(b, '"');
    add_clean(b, text, quote_gnuplot_field);
    buf_add_char(b, '"');
}

/* "_x001B_" is read as the control by Excel (ECMA-376, ST_Xstring); its first character as one is itself. */
static bool is_code(const char *text)
{
    if (text[0] != '_' || text[1] != 'x')
        return false;
    for (size_t i = 2; i < 6; i++)
        if (!isxdigit((unsigned char)text[i]))
            return false;
    return text[6] == '_';
}

static void quote_sheet(struct buf *b, const char *text, size_t length)
{
    if (is_code(text))
        buf_add_text(b, "_x005F_");
    else
        buf_add(b, text, length);
}

void escape_sheet(struct buf *b, const char *text)
{
    add_seen(b, text, quote_sheet, false);
}

/* The last four are = + - @ in full width, which a Japanese spreadsheet takes for the others. */
bool escape_begins_formula(const char *text)
{
    static const char *const begins[] = {
        "=", "+", "-", "@", "\t", "\r", "\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\xa0"
    };
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
        if (strncmp(text, begins[i], strlen(begins[i])) == 0)
            return true;
    return false;
}

void escape_csv(struct buf *b, const char *text)
{
    bool formula = text && escape_begins_formula(text);
    bool quoted = text && (formula || strpbrk(text, "\",;' ") != NULL);
    buf_add_text(b, quoted ? "\"" : "");
    buf_add_text(b, formula ? "'" : "");
    add_seen(b, text, quote_csv, false);
    buf_add_text(b, quoted ? "\"" : "");
}

/* Also the first letters of a link without a scheme, which a reader would make one. */
void escape_markdown(struct buf *b, const char *text)
{
    while (text) {
        const char *link = strcasestr(text, "www.");
        if (!link) {
            add_clean(b, text, quote_markdown);
            return;
        }
        struct buf before;
        buf_init(&before, b->max);
        buf_add(&before, text, (size_t)(link - text));
        buf_add(&before, link, strlen("www"));
        add_clean(b, before.data, quote_markdown);
        b->failed = b->failed || before.failed;
        buf_free(&before);
        buf_add_text(b, "&#46;");
        text = link + strlen("www.");
    }
}

struct cursor {
    const char *at, *end;
};

static bool starts(const struct cursor *c, const char *what)
{
    size_t length = strlen(what);
    return (size_t)(c->end - c->at) >= length && memcmp(c->at, what, length) == 0;
}

static bool skip_past(struct cursor *c, const char *what)
{
    const char *found = memmem(c->at, (size_t)(c->end - c->at), what, strlen(what));
    if (!found)
        return false;
    c->at = found + strlen(what);
    return true;
}

/* gnuplot's point symbols, as it defines them (pointtype less one), with explicit colours: WeasyPrint knows
 * no currentColor in them. */
static const struct {
    const char *id, *shape;
    bool filled;
} symbols[] = {
    { "gpPt0", "M-1,0 h2 M0,-1 v2", false },
    { "gpPt1", "M-1,-1 L1,1 M1,-1 L-1,1", false },
    { "gpPt3", "M-1,-1 h2 v2 h-2 z", false },
    { "gpPt4", "M-1,-1 h2 v2 h-2 z", true },
    { "gpPt5", "M-1,0 a1,1 0 1 0 2,0 a1,1 0 1 0 -2,0 z", false },
    { "gpPt6", "M-1,0 a1,1 0 1 0 2,0 a1,1 0 1 0 -2,0 z", true },
    { "gpPt7", "M0,-1.33 L-1.33,0.67 L1.33,0.67 z", false },
    { "gpPt8", "M0,-1.33 L-1.33,0.67 L1.33,0.67 z", true },
    { "gpPt9", "M0,1.33 L1.33,-0.67 L-1.33,-0.67 z", false },
    { "gpPt10", "M0,1.33 L1.33,-0.67 L-1.33,-0.67 z", true },
    { "gpPt11", "M0,-1.414 L1.414,0 L0,1.414 L-1.414,0 z", false },
    { "gpPt12", "M0,-1.414 L1.414,0 L0,1.414 L-1.414,0 z", true },
    { "gpPt13", "M0,-1.33 L-1.265,-0.411 L-0.782,1.067 L0.782,1.076 L1.265,-0.411 z", false },
    { "gpPt14", "M0,-1.33 L-1.265,-0.411 L-0.782,1.067 L0.782,1.076 L1.265,-0.411 z", true },
};

/* What gnuplot draws lines, areas and words with; nothing that runs, links or loads. */
static bool is_drawing(const char *name, size_t length)
{
    static const char *const names[] = { "svg",  "g",      "path",    "text",    "tspan",
                                         "rect", "circle", "polygon", "polyline" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i]) == length && memcmp(names[i], name, length) == 0)
            return true;
    return false;
}

static bool is_attribute(const char *name, size_t length)
{
    if (length >= 2 && name[0] == 'o' && name[1] == 'n')
        return false;
    for (size_t i = 0; i < length; i++)
        if (!((name[i] >= 'a' && name[i] <= 'z') || (name[i] >= 'A' && name[i] <= 'Z') || name[i] == '-' ||
              name[i] == ':' || (name[i] >= '0' && name[i] <= '9')))
            return false;
    return length > 0 && !memmem(name, length, "href", 4) && !(length == 5 && memcmp(name, "style", 5) == 0);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static void skip_blanks(struct cursor *c)
{
    while (c->at < c->end && is_blank(*c->at))
        c->at++;
}

/* One attribute: name, '=', quoted value. References are not drawn at all, so ids are all that is
 * prefixed. */
static bool copy_attribute(struct cursor *c, struct buf *out, const char *prefix)
{
    const char *name = c->at;
    while (c->at < c->end && *c->at != '=' && !is_blank(*c->at) && *c->at != '>')
        c->at++;
    size_t length = (size_t)(c->at - name);
    skip_blanks(c);
    if (!is_attribute(name, length) || c->at == c->end || *c->at++ != '=')
        return false;
    skip_blanks(c);
    if (c->at == c->end || (*c->at != '"' && *c->at != '\''))
        return false;
    char quote = *c->at++;
    const char *value = c->at;
    const char *end = memchr(value, quote, (size_t)(c->end - value));
    if (!end || memmem(value, (size_t)(end - value), "url(", 4) || memchr(value, '<', (size_t)(end - value)))
        return false;
    c->at = end + 1;
    if (length >= 5 && memcmp(name, "xmlns", 5) == 0)
        return true; /* not needed inside a page */
    buf_add_char(out, ' ');
    buf_add(out, name, length);
    buf_add_text(out, "=\"");
    if (length == 2 && memcmp(name, "id", 2) == 0)
        buf_add_text(out, prefix);
    for (; value < end; value++)
        buf_add(out, *value == '"' ? "'" : value, 1);
    buf_add_char(out, '"');
    return true;
}

static size_t symbol_of(const char *id, size_t length)
{
    size_t i = 0;
    while (i < sizeof symbols / sizeof *symbols &&
           !(strlen(symbols[i].id) == length && memcmp(symbols[i].id, id, length) == 0))
        i++;
    return i;
}

/* The value of an attribute in a tag; false unless it is made of letters, digits and what numbers need. */
static bool plain_value(const char *tag, size_t length, const char *name, const char **value, size_t *size)
{
    const char *at = memmem(tag, length, name, strlen(name)), *end = tag + length;
    if (!at)
        return false;
    at += strlen(name);
    const char *stop = memchr(at, '\'', (size_t)(end - at));
    *value = at;
    *size = stop ? (size_t)(stop - at) : 0;
    for (size_t i = 0; i < *size; i++)
        if (!((at[i] >= 'a' && at[i] <= 'z') || (at[i] >= 'A' && at[i] <= 'Z') ||
              (at[i] >= '0' && at[i] <= '9') || strchr("#(),.- +", at[i])))
            return false;
    return stop != NULL;
}

/* <use xlink:href='#gpPt6' transform='..' color='..'/>: the symbol itself takes its place. */
static bool copy_symbol(struct cursor *c, struct buf *out)
{
    const char *end = memchr(c->at, '>', (size_t)(c->end - c->at)), *value[3];
    size_t size[3], length = end ? (size_t)(end - c->at) : 0;
    if (!end || !plain_value(c->at, length, " xlink:href='", &value[0], &size[0]) || size[0] < 2 ||
        !plain_value(c->at, length, " transform='", &value[1], &size[1]) ||
        !plain_value(c->at, length, " color='", &value[2], &size[2]))
        return false;
    size_t i = symbol_of(value[0] + 1, size[0] - 1);
    if (i == sizeof symbols / sizeof *symbols)
        return false;
    buf_add_format(out,
                   "<path transform=\"%.*s\" stroke=\"%.*s\" fill=\"%.*s\" stroke-width=\"0.2\" d=\"%s\"/>",
                   (int)size[1], value[1], (int)size[2], value[2], symbols[i].filled ? (int)size[2] : 4,
                   symbols[i].filled ? value[2] : "none", symbols[i].shape);
    c->at = end + 1;
    return true;
}

static bool copy_tag(struct cursor *c, struct buf *out, const char *prefix, const char *label)
{
    bool closing = c->end - c->at > 1 && c->at[1] == '/';
    c->at += closing ? 2 : 1;
    const char *name = c->at;
    while (c->at < c->end && !is_blank(*c->at) && *c->at != '>' && *c->at != '/')
        c->at++;
    size_t length = (size_t)(c->at - name);
    if (!is_drawing(name, length))
        return false;
    buf_add_text(out, closing ? "</" : "<");
    buf_add(out, name, length);
    if (!closing && length == 3) { /* svg */
        buf_add_text(out, " role=\"img\" aria-label=\"");
        escape_html(out, label);
        buf_add_char(out, '"');
    }
    for (;;) {
        skip_blanks(c);
        if (c->at == c->end)
            return false;
        if (*c->at == '>' || starts(c, "/>")) {
            buf_add_text(out, *c->at == '>' ? ">" : "/>");
            c->at += *c->at == '>' ? 1 : 2;
            return true;
        }
        if (!copy_attribute(c, out, prefix))
            return false;
    }
}

/* A byte between tags. */
static void copy_word(struct cursor *c, struct buf *out)
{
    if (*c->at == '>')
        buf_add_text(out, "&gt;");
    else
        buf_add_char(out, *c->at);
    c->at++;
}

bool escape_svg(struct buf *b, const char *svg, size_t length, const char *prefix, const char *label)
{
    struct cursor c = { svg, svg + length };
    size_t before = b->length;
    const char *begin = memmem(svg, length, "<svg", 4);
    bool good = begin != NULL;
    c.at = begin ? begin : c.end;
    while (good && c.at < c.end) {
        if (starts(&c, "<defs>"))
            good = skip_past(&c, "</defs>");
        else if (starts(&c, "<title>"))
            good = skip_past(&c, "</title>");
        else if (starts(&c, "<desc>"))
            good = skip_past(&c, "</desc>");
        else if (starts(&c, "<!--"))
            good = skip_past(&c, "-->");
        else if (starts(&c, "<use "))
            good = copy_symbol(&c, b);
        else if (*c.at == '<')
            good = copy_tag(&c, b, prefix, label);
        else
            copy_word(&c, b);
    }
    if (!good && b->data) {
        b->length = before;
        b->data[before] = '\0';
    }
    return good;
}
