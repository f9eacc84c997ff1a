#include "reports/compare.h"
int compare_html(const struct comparison *c, const char *language, const char *data_directory, const char *locale_directory, const char *path, struct err *e)
{ (void)c; (void)language; (void)data_directory; (void)locale_directory; return err_set(e, ERR_UNSUPPORTED, path, "x"); }
