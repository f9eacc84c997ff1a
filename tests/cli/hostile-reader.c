/* A reader behind pcscd whose name would move a terminal's cursor, or whose library goes its own ways as NFC_SURVEY_READER
 * says, for sick.bats: preloaded in place of libpcsclite's calls. */
#include <PCSC/winscard.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char names[] = "Wave \033[2J\033]0;owned\a\r\n>> 90 00\0";

LONG SCardEstablishContext(DWORD scope, LPCVOID a, LPCVOID b, LPSCARDCONTEXT out)
{
    (void)scope;
    (void)a;
    (void)b;
    *out = 1;
    const char *how = getenv("NFC_SURVEY_READER");
    if (how && strcmp(how, "aborts") == 0)
        abort();
    if (how && strcmp(how, "starts a program") == 0)
        execl("/bin/true", "true", (char *)NULL);
    return SCARD_S_SUCCESS;
}

LONG SCardReleaseContext(SCARDCONTEXT context)
{
    (void)context;
    return SCARD_S_SUCCESS;
}

LONG SCardListReaders(SCARDCONTEXT context, LPCSTR groups, LPSTR out, LPDWORD length)
{
    (void)context;
    (void)groups;
    char *copy = malloc(sizeof names);
    if (!copy)
        return SCARD_E_NO_MEMORY;
    memcpy(copy, names, sizeof names);
    *(char **)(void *)out = copy; /* SCARD_AUTOALLOCATE */
    *length = sizeof names;
    return SCARD_S_SUCCESS;
}

LONG SCardFreeMemory(SCARDCONTEXT context, LPCVOID memory)
{
    (void)context;
    free((void *)memory);
    return SCARD_S_SUCCESS;
}

LONG SCardGetStatusChange(SCARDCONTEXT context, DWORD limit, SCARD_READERSTATE *states, DWORD count)
{
    (void)context;
    (void)limit;
    for (DWORD i = 0; i < count; i++)
        states[i].dwEventState = SCARD_STATE_EMPTY;
    return SCARD_S_SUCCESS;
}

LONG SCardConnect(SCARDCONTEXT context, LPCSTR reader, DWORD mode, DWORD protocols, LPSCARDHANDLE card,
                  LPDWORD protocol)
{
    (void)context;
    (void)reader;
    (void)mode;
    (void)protocols;
    (void)card;
    (void)protocol;
    return SCARD_E_NO_SMARTCARD;
}
