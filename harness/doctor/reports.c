/* What reports are made with. A sweep needs none of it. */
#include "harness/doctor/examination.h"

#include <fnmatch.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>

void check_plots(struct examination *x)
{
    if (!host_has_program(x, "gnuplot"))
        found(x, DOCTOR_ADVICE, "", said_alone(SAID_GNUPLOT_ABSENT), "sudo apt-get install gnuplot-nox");
}

void check_pdf(struct examination *x)
{
    if (host_has_program(x, "weasyprint"))
        return;
    bool browser = host_has_program(x, "chromium") || host_has_program(x, "google-chrome");
    found(x, DOCTOR_ADVICE, "", said_alone(browser ? SAID_PDF_BY_BROWSER : SAID_PDF_ABSENT),
          "sudo apt-get install weasyprint");
}

/* Files of the fonts that Debian packages have for Japanese. */
static int is_japanese(const char *path, const struct stat *is, int kind, struct FTW *at)
{
    static const char *const names[] = {
        "*CJK*",    "*Noto*JP*",    "ipa*.tt?",          "Ipa*",       "Takao*",
        "VL-*",     "*gothic*.tt?", "*mincho*.tt?",      "HaranoAji*", "migu*",
        "ume*.ttf", "WenQuan*",     "DroidSansFallback*"
    };
    (void)is;
    for (size_t i = 0; kind == FTW_F && i < sizeof names / sizeof *names; i++) {
        if (fnmatch(names[i], path + at->base, FNM_CASEFOLD) == 0)
            return 1;
    }
    return 0;
}

void check_fonts(struct examination *x)
{
    static const char *const folders[] = { "/usr/share/fonts", "/usr/local/share/fonts" };
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%s%s", x->how->root, folders[i]);
        if (nftw(path, is_japanese, 16, 0) == 1)
            return;
    }
    found(x, DOCTOR_ADVICE, "", said_alone(SAID_FONTS_ABSENT), "sudo apt-get install fonts-noto-cjk");
}
