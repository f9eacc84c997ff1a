#include "drivers/emulator/handset/sim_store.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_MAX_ESCAPED (3 * SIM_ID_MAX)

/* Letters, digits and a few marks as they are, all else as %XX: a label may hold any byte. */
static void file_name(const char *name, char out[NAME_MAX_ESCAPED])
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    size_t n = 0;
    for (; *name; name++) {
        if (strchr(plain, *name))
            out[n++] = *name;
        else
            n += (size_t)snprintf(out + n, 4, "%%%02X", (unsigned)(unsigned char)*name);
    }
    out[n] = '\0';
}

static int open_file(const char *folder, const char *path, int *fd, struct err *e)
{
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return err_system(e, ERR_ENVIRONMENT, folder, errno, "cannot make the folder of virtual sims");
    *fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (*fd < 0)
        return err_system(e, ERR_ENVIRONMENT, path, errno, "cannot open the virtual sim");
    if (flock(*fd, LOCK_EX | LOCK_NB) == 0)
        return 0;
    if (errno == EWOULDBLOCK)
        return err_set(e, ERR_ENVIRONMENT, path,
                       "this sim lies on another reader: a sim is in one place at a time; lift it there, or "
                       "end the program that has it");
    return err_system(e, ERR_ENVIRONMENT, path, errno, "cannot lock the virtual sim");
}

/* As long as a state is; a new one, or one whose maker ended before it was whole, is all zeros. */
static int map_file(int fd, const char *path, struct sim_state **out, struct err *e)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return err_system(e, ERR_ENVIRONMENT, path, errno, "cannot look at the virtual sim");
    if (!S_ISREG(st.st_mode) || (st.st_size != 0 && st.st_size != sizeof(struct sim_state)))
        return err_set(e, ERR_INPUT, path,
                       "this is no virtual sim of this version; move it away to have a new one");
    if (st.st_size == 0 && ftruncate(fd, sizeof(struct sim_state)) != 0)
        return err_system(e, ERR_ENVIRONMENT, path, errno, "cannot write the virtual sim");
    void *at = mmap(NULL, sizeof(struct sim_state), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (at == MAP_FAILED)
        return err_system(e, ERR_ENVIRONMENT, path, errno, "cannot map the virtual sim");
    *out = at;
    return 0;
}

static int take(struct sim_state *s, const struct virtual_sim *sim, const char *path, struct err *e)
{
    if (s->version == 0)
        sim_state_init(s, sim);
    if (sim_state_valid(s, sim))
        return 0;
    return err_set(e, ERR_INPUT, path,
                   "this is no virtual sim of this name and version; move it away to have a new one");
}

int sim_store_lay(const char *folder, const struct virtual_sim *sim, struct sim_laid *out, struct err *e)
{
    char name[SIM_ID_MAX], file[NAME_MAX_ESCAPED], path[PATH_MAX];
    file_name(sim_name(sim, name), file);
    *out = (struct sim_laid) { .state = NULL, .lock = -1 };
    if (snprintf(path, sizeof path, "%s/%s.sim", folder, file) >= (int)sizeof path)
        return err_set(e, ERR_ENVIRONMENT, folder, "the folder's name is too long");
    int status = open_file(folder, path, &out->lock, e);
    if (status == 0)
        status = map_file(out->lock, path, &out->state, e);
    if (status == 0)
        status = take(out->state, sim, path, e);
    if (status != 0)
        sim_store_lift(out);
    return status;
}

void sim_store_lift(struct sim_laid *laid)
{
    if (laid->state)
        munmap(laid->state, sizeof *laid->state);
    if (laid->lock >= 0)
        close(laid->lock);
    *laid = (struct sim_laid) { .state = NULL, .lock = -1 };
}
