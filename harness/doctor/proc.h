/* Processes as /proc has them. root stands before /proc: "" is the real one, a made tree in tests. */
#ifndef NFC_SURVEY_DOCTOR_PROC_H
#define NFC_SURVEY_DOCTOR_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define PROC_COMM_SIZE 64

/* A process's name and parent; false when it is gone. */
bool proc_stat(const char *root, pid_t pid, char comm[PROC_COMM_SIZE], pid_t *parent);

bool proc_descends_from(const char *root, pid_t pid, pid_t ancestor); /* or is it */

/* What every open descriptor of every process that we may look into leads to, in the form of readlink(2), cut
 * at 255 bytes. */
typedef void proc_link_seen(void *context, pid_t pid, const char *target);
void proc_each_link(const char *root, proc_link_seen *seen, void *context);

#endif
