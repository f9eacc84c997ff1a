/* What a process that has card data in its memory keeps from others. */
#ifndef NFC_SURVEY_BASE_PROCESS_H
#define NFC_SURVEY_BASE_PROCESS_H

/*
 * No core files, not to be traced or looked into by another process of the user, no privileges by a program that it
 * starts. For good: a child inherits the first and the last.
 */
void process_close(void);

#endif
