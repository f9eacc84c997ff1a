/*
 * How fast the journal is: transaction records written one write(2) each, read and verified by our own
 * parser, beside what nothing can beat (counting line ends) and what YAML costs (libyaml's events). Plain
 * lines on standard output. Usage: bench_journal [RECORDS [FOLDER]]
 */
#include "harness/base/clock.h"
#include "harness/journal/integrity.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml.h>

#define YAML_BYTES ((size_t)10 << 20)

static double seconds_since(uint64_t start_ns)
{
    return (double)(clock_now_ns() - start_ns) / 1e9;
}

static void fill(struct journal_record *r, struct journal_exchange *exchanges, uint64_t i)
{
    journal_record_init(r, JOURNAL_KIND_TRANSACTION);
    struct journal_transaction *t = &r->as.transaction;
    for (uint32_t step = 0; step < 6; step++)
        exchanges[step] =
            (struct journal_exchange) { step + 1, 9000 + (uint32_t)(i * 7919 + step) % 5000, "9000" };
    t->placement = 2;
    t->cell = i % 200;
    t->repeat = i % 5 + 1;
    t->order = i % 20 + 1;
    t->at_us = 500000 * i;
    t->technology = TECHNOLOGY_B;
    t->outcome = OUTCOME_OK;
    t->total_us = 60000 + i % 9000;
    t->stages.us[3] = 30000 + (uint32_t)(i % 1000);
    t->stages.us[4] = 10000 + (uint32_t)(i % 1000);
    t->exchanges = (struct journal_exchanges) { exchanges, 6 };
}

static int write_records(const char *folder, uint64_t records, struct err *e)
{
    struct journal *j = NULL;
    struct journal_record r;
    struct journal_exchange exchanges[6];
    int status = journal_create(folder, &j, e);
    for (uint64_t i = 0; status == 0 && i < records; i++) {
        fill(&r, exchanges, i);
        status = journal_append(j, &r, e);
    }
    journal_close(&j);
    return status;
}

/* The formatter alone, without the system's share. */
static double format_records(uint64_t records, size_t *bytes)
{
    struct journal_record r;
    struct journal_exchange exchanges[6];
    struct buf b;
    buf_init(&b, JOURNAL_LINE_MAX);
    *bytes = 0;
    uint64_t start = clock_now_ns();
    for (uint64_t i = 0; i < records; i++) {
        fill(&r, exchanges, i);
        r.line = i + 1;
        buf_clear(&b);
        journal_format(&b, &r);
        *bytes += b.length;
    }
    double s = seconds_since(start);
    buf_free(&b);
    return s;
}

static int read_records(const char *path, uint64_t *records, struct err *e)
{
    struct journal_reader *reader = NULL;
    struct journal_record r;
    struct journal_line_info info;
    enum journal_read got;
    int status = journal_reader_open(path, &reader, e);
    *records = 0;
    if (status != 0)
        return status;
    while ((got = journal_reader_next(reader, &r, &info, e)) != JOURNAL_READ_END)
        *records += got == JOURNAL_READ_RECORD && info.canonical;
    journal_reader_close(&reader);
    return e->code;
}

static size_t count_line_ends(const char *path)
{
    static char block[1 << 18];
    size_t lines = 0;
    ssize_t n;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && (n = read(fd, block, sizeof block)) > 0)
        for (const char *p = block; (p = memchr(p, '\n', (size_t)(block + n - p))) != NULL; p++)
            lines++;
    if (fd >= 0)
        close(fd);
    return lines;
}

/* Parses the first bytes of the file, up to a whole line. Returns how many. */
static size_t parse_by_libyaml(const char *path, size_t size)
{
    yaml_parser_t parser;
    yaml_event_t event;
    size_t length = size < YAML_BYTES ? size : YAML_BYTES;
    char *bytes = malloc(length);
    FILE *f = fopen(path, "rb");
    if (!bytes || !f || fread(bytes, 1, length, f) != length)
        length = 0;
    while (length > 0 && bytes[length - 1] != '\n')
        length--;
    bool done = length == 0 || !yaml_parser_initialize(&parser);
    if (!done)
        yaml_parser_set_input_string(&parser, (const unsigned char *)bytes, length);
    while (!done) {
        if (!yaml_parser_parse(&parser, &event)) {
            length = 0;
            break;
        }
        done = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    if (length > 0)
        yaml_parser_delete(&parser);
    if (f)
        fclose(f);
    free(bytes);
    return length;
}

static int measure(const char *folder, const char *path, uint64_t records, struct err *e)
{
    struct stat st;
    struct journal_verdict verdict;
    uint64_t read;
    size_t bytes;
    uint64_t start = clock_now_ns();
    int status = write_records(folder, records, e);
    double write_s = seconds_since(start);
    if (status != 0)
        return status;
    if (stat(path, &st) != 0)
        return err_set(e, ERR_ENVIRONMENT, path, "cannot be found");
    double mb = (double)st.st_size / 1e6;
    double format_s = format_records(records, &bytes);
    size_t lines = count_line_ends(path); /* once to warm the page cache */
    start = clock_now_ns();
    lines = count_line_ends(path);
    double count_s = seconds_since(start);
    start = clock_now_ns();
    status = read_records(path, &read, e);
    double read_s = seconds_since(start);
    if (status != 0)
        return status;
    start = clock_now_ns();
    status = journal_verify(path, NULL, NULL, &verdict, e);
    double verify_s = seconds_since(start);
    if (status != 0)
        return status;
    start = clock_now_ns();
    size_t parsed = parse_by_libyaml(path, (size_t)st.st_size);
    double yaml_s = parsed ? seconds_since(start) * (double)st.st_size / (double)parsed : 0;
    printf("records %llu lines %zu read %llu bytes %.1f MB\n", (unsigned long long)records, lines,
           (unsigned long long)read, mb);
    printf("format        %8.1f MB/s %8.0f ns/record\n", mb / format_s, format_s * 1e9 / (double)records);
    printf("append        %8.1f MB/s %8.0f ns/record\n", mb / write_s, write_s * 1e9 / (double)records);
    printf("count lines   %8.1f MB/s\n", mb / count_s);
    printf("read          %8.1f MB/s %8.0f ns/record %8.2f x count lines\n", mb / read_s,
           read_s * 1e9 / (double)records, read_s / count_s);
    printf("verify        %8.1f MB/s %8.2f x count lines\n", mb / verify_s, verify_s / count_s);
    if (parsed)
        printf("libyaml       %8.1f MB/s %8.2f x read\n", mb / yaml_s, yaml_s / read_s);
    return read == records && lines == records ? 0 : err_set(e, ERR_INPUT, path, "was not read back whole");
}

int main(int argc, char **argv)
{
    char folder[512], path[600], lock[600];
    struct err e = { 0 };
    uint64_t records = argc > 1 ? strtoull(argv[1], NULL, 10) : 400000;
    snprintf(folder, sizeof folder, "%s/nfc-survey-bench-XXXXXX", argc > 2 ? argv[2] : "/tmp");
    if (!mkdtemp(folder)) {
        perror(folder);
        return EXIT_STATUS_ENVIRONMENT;
    }
    snprintf(path, sizeof path, "%s/journal.yaml", folder);
    snprintf(lock, sizeof lock, "%s/lock", folder);
    int status = measure(folder, path, records, &e);
    if (status != 0)
        fprintf(stderr, "%s: %s\n", e.where, e.text);
    unlink(path);
    unlink(lock);
    rmdir(folder);
    return err_exit_status(status);
}
