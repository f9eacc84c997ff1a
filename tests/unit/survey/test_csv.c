/* Tables as spreadsheets, R and people save them: what is read of them, and where a mistake is. */
#include "harness/survey/list.h"

#include "tests/unit/survey/sample.h"

#include <math.h>

/* All rows, a line each, fields apart by "|". */
static const char *rows_of(const char *text, size_t length, struct survey_problems *list)
{
    static char out[1000];
    struct problems p = { .list = list };
    struct csv t;
    size_t n = 0;
    out[0] = '\0';
    if (csv_open(&t, &p, "t.csv", text, length))
        while (csv_next(&t))
            for (size_t i = 0; i < t.count; i++)
                n += (size_t)snprintf(out + n, sizeof out - n, "%s%c", csv_text(&t, i),
                                      i + 1 < t.count ? '|' : '\n');
    csv_close(&t);
    return out;
}

static void every_way_to_save_a_table_gives_its_rows(void **state)
{
    static const struct {
        const char *text, *rows;
    } cases[] = {
        { "a,b\n1,2\n", "a|b\n1|2\n" },
        { "a,b\r\n1,2", "a|b\n1|2\n" },
        { "a,b\r1,2\r", "a|b\n1|2\n" }, /* an old Macintosh */
        { "\xef\xbb\xbf"
          "a;b\n1,5;2\n",
          "a|b\n1,5|2\n" },                              /* Excel where the comma is decimal */
        { "sep=;\r\na;b,c\r\n1;2\r\n", "a|b,c\n1|2\n" }, /* the same, told by a first line */
        { "a\tb\n1,2\t3\n", "a|b\n1,2|3\n" },            /* pasted from a sheet */
        { "\"a\",\"b\"\n\"x\"\"y\",NA\n\"NA\",1\n", "a|b\nx\"y|\nNA|1\n" }, /* R */
        { "\"a,b\",c\n\"two\r\nlines\",d\n", "a,b|c\ntwo\nlines|d\n" },
        { "a,b\n\n,\n \xe3\x80\x80,\t\n", NULL },            /* a tab is no blank outside of quotes */
        { "a,b\n\n,\n \xe3\x80\x80,\n1,2\n", "a|b\n1|2\n" }, /* rows without text */
        { "a,b\n x y ,\xe3\x80\x80z\xc2\xa0\n", "a|b\nx y|z\n" },
        { "\"a;b;c\",d\n", "a;b;c|d\n" }, /* separators in quotes part nothing */
        { "", "" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct survey_problems list = { 0 };
        const char *rows = rows_of(cases[i].text, strlen(cases[i].text), &list);
        if (cases[i].rows ? list.count > 0 || strcmp(rows, cases[i].rows) != 0 : list.count == 0)
            fail_msg("%zu: %s%s", i, rows, list.count > 0 ? list.items[0].text : "");
        survey_problems_free(&list);
    }
}

static void what_cannot_be_read_is_named_where_it_is(void **state)
{
    static const struct {
        const char *text, *where, *says;
    } cases[] = {
        { "a,b\n\"x\ny,2\n", "t.csv:2:1", "never closed" },
        { "a,b\n端末\"x,2\n", "t.csv:2:3", "expected a separator" },
        { "a,b\n\"端\"x,2\n", "t.csv:2:4", "expected a separator" },
        { "a,b\n端\x1b,2\n", "t.csv:2:2", "a control character" },
        { "a,b\n端末,\xff\n", "t.csv:2:4", "expected UTF-8" },
        { "a,b\r\n\r\n\x82\xa0,1\n", "t.csv:3:1", "in Excel: CSV UTF-8" }, /* Shift JIS */
        { "\xff\xfe"
          "a",
          "t.csv:1:1", "UTF-16" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct survey_problems list = { 0 };
        rows_of(cases[i].text, strlen(cases[i].text), &list);
        if (list.count != 1 || strcmp(list.items[0].where, cases[i].where) != 0 ||
            !strstr(list.items[0].text, cases[i].says))
            fail_msg("%zu: %s: %s", i, list.count ? list.items[0].where : "",
                     list.count ? list.items[0].text : "");
        survey_problems_free(&list);
    }
}

static void a_row_that_is_wrong_hides_no_other(void **state)
{
    struct survey_problems list = { 0 };
    static const char text[] = "a,b\n1,x\"\n2,y\n3\x07,z\n4,w\n";
    (void)state;
    assert_string_equal(rows_of(text, strlen(text), &list), "a|b\n2|y\n4|w\n");
    assert_int_equal(list.count, 2);
    assert_string_equal(list.items[1].where, "t.csv:4:2");
    survey_problems_free(&list);
}

static void caps_hold(void **state)
{
    struct survey_problems list = { 0 };
    struct buf b;
    (void)state;
    buf_init(&b, CSV_FILE_MAX + 10);
    for (size_t i = 0; i <= CSV_FIELD_MAX; i++)
        buf_add_char(&b, 'x');
    rows_of(b.data, b.length, &list);
    assert_string_equal(list.items[0].text, "a field of more than 4000 bytes");
    while (b.length <= CSV_FILE_MAX)
        buf_add_char(&b, '\n');
    rows_of(b.data, b.length, &list);
    assert_string_equal(list.items[1].text, "more than 4 MiB");
    survey_problems_free(&list);
    buf_free(&b);
}

/* The cells of the first row, "|" between them. */
static const char *cells_of(const char *text, const struct list_headers *headers, uint32_t wanted,
                            struct survey_problems *found)
{
    static char out[500];
    struct problems p = { .list = found };
    struct list l;
    size_t n = 0;
    out[0] = '\0';
    if (list_open(&l, &p, "t.csv", text, strlen(text), headers, wanted, wanted) && list_next(&l))
        for (enum list_column c = 0; c < LIST_COLUMNS; c++)
            if (wanted & LIST_BIT(c))
                n += (size_t)snprintf(out + n, sizeof out - n, "%s%s", wanted & (LIST_BIT(c) - 1) ? "|" : "",
                                      list_cell(&l, c));
    list_close(&l);
    return out;
}

static void columns_are_found_by_what_people_call_them(void **state)
{
    static const uint32_t wanted = LIST_BIT(LIST_MAKER) | LIST_BIT(LIST_NAME) | LIST_BIT(LIST_CODE);
    static const struct list_headers own = { .of = { [LIST_MAKER] = "会社" } };
    static const struct {
        const char *text;
        const struct list_headers *headers;
        const char *cells, *where;
    } cases[] = {
        { "model_code,maker,marketing_name\nC,M,N\n", NULL, "M|N|C", "" },
        { "Model Number,Manufacturer,Model Name\nC,M,N\n", NULL, "M|N|C", "" },
        { "型番,ﾒｰｶｰ名,機種名\nC,M,N\n", NULL, "M|N|C", "" },
        { "ＭＡＫＥＲ;Model-Code;name;price\n Ｍ　Ｍ ;Ｃ－１;ｱ;1\n", NULL, "M M|ア|C-1", "" },
        { "model,model name,code,maker\nX,N,C,M\n", NULL, "M|N|C", "" }, /* the better guess */
        { "型番,会社,メーカー,機種名\nC,M,X,N\n", &own, "M|N|C", "" },
        { "型番,メーカー,機種名\nC,M,N\n", &own, "", "t.csv:1:1" },
        { "型番,メーカー\nC,M\n", NULL, "", "t.csv:1:1" },
        { "型番,メーカー,機種名,型番\nC,M,N,C\n", NULL, "", "t.csv:1:13" },
        { "code,maker,name\nC,-,不明\n", NULL, "||C", "" },
        { "code,maker,name\nC,M,N,,\n", NULL, "M|N|C", "" },
        { "code,maker,name\nC,M,N,x\n", NULL, "", "t.csv:2:1" },
        { "code,maker,name\nC,M\xc2\xad,N\n", NULL, "M\xc2\xad|N|C", "t.csv:2:3" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct survey_problems found = { 0 };
        const char *cells = cells_of(cases[i].text, cases[i].headers, wanted, &found);
        const char *where = found.count > 0 ? found.items[0].where : "";
        if (strcmp(cells, cases[i].cells) != 0 || strcmp(where, cases[i].where) != 0)
            fail_msg("%zu: %s (%s)", i, cells, where);
        survey_problems_free(&found);
    }
}

static void a_share_has_a_point_or_where_no_comma_parts_fields_a_comma(void **state)
{
    static const struct {
        const char *text;
        double share; /* NAN: refused */
    } cases[] = {
        { "handset;share\na;0,25\n", 0.25 },     { "handset\tshare\na\t0.25\n", 0.25 },
        { "handset,share\na,０．２５\n", 0.25 }, { "handset,share\na,\"0,25\"\n", NAN },
        { "handset;share\na;0,2,5\n", NAN },     { "handset;share\na;25 %\n", NAN },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct survey_problems found = { 0 };
        struct problems p = { .list = &found };
        struct list l;
        assert_true(
            list_open(&l, &p, "t.csv", cases[i].text, strlen(cases[i].text), NULL, LIST_BIT(LIST_SHARE), 0));
        assert_true(list_next(&l));
        double share = list_share(&l);
        bool refused = found.count == 1;
        if (isnan(cases[i].share) ? !refused : refused || fabs(share - cases[i].share) > 1e-12)
            fail_msg("%zu: %f", i, share);
        list_close(&l);
        survey_problems_free(&found);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way_to_save_a_table_gives_its_rows),
        cmocka_unit_test(what_cannot_be_read_is_named_where_it_is),
        cmocka_unit_test(a_row_that_is_wrong_hides_no_other),
        cmocka_unit_test(caps_hold),
        cmocka_unit_test(columns_are_found_by_what_people_call_them),
        cmocka_unit_test(a_share_has_a_point_or_where_no_comma_parts_fields_a_comma),
    };
    return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}
