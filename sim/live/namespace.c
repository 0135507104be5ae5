/* Namespaces and their devices; see namespace.h. */
#define _GNU_SOURCE /* unshare() */
#include "sim/live/namespace.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define HOSTS_A_NET 250

void
live_namespace_address(uint8_t ret_address[4], uint32_t node)
{
    ret_address[0] = 10;
    ret_address[1] = 77;
    ret_address[2] = (uint8_t)(node / HOSTS_A_NET);
    ret_address[3] = (uint8_t)(node % HOSTS_A_NET + 1);
}

uint32_t
live_namespace_node(const uint8_t address[4])
{
    if (address[0] != 10 || address[1] != 77 || address[3] < 1 || address[3] > HOSTS_A_NET)
        return UINT32_MAX;
    return address[2] * (uint32_t)HOSTS_A_NET + address[3] - 1;
}

/* --- in the child ------------------------------------------------------------------------- */

static int
set_address(int fd, const char *device, unsigned long what, const uint8_t address[4])
{
    struct ifreq request = {0};
    struct sockaddr_in in = {.sin_family = AF_INET};

    memcpy(request.ifr_name, device, strlen(device));
    memcpy(&in.sin_addr, address, 4);
    memcpy(&request.ifr_addr, &in, sizeof in);
    return ioctl(fd, what, &request);
}

static int
set_up(int fd, const char *device)
{
    struct ifreq request = {0};

    memcpy(request.ifr_name, device, strlen(device));
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    return ioctl(fd, SIOCSIFFLAGS, &request);
}

/* Makes the device. Returns its other end, or -1 with errno. */
static int
make_device(const uint8_t address[4])
{
    static const uint8_t mask[4] = {255, 255, 0, 0};
    int tun = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct ifreq request = {0};

    memcpy(request.ifr_name, "node0", sizeof "node0");
    request.ifr_flags = IFF_TUN | IFF_NO_PI;
    if (tun < 0 || fd < 0 || ioctl(tun, TUNSETIFF, &request) != 0 ||
        set_address(fd, "node0", SIOCSIFADDR, address) != 0 ||
        set_address(fd, "node0", SIOCSIFNETMASK, mask) != 0 || set_up(fd, "lo") != 0 ||
        set_up(fd, "node0") != 0) {
        int saved = errno;

        if (tun >= 0)
            close(tun);
        if (fd >= 0)
            close(fd);
        errno = saved;
        return -1;
    }
    close(fd);
    return tun;
}

/* Writes a number to a file of /proc/sys. Older kernels lack some files and keep their own value.
 */
static void
set_sysctl(const char *path, uint32_t value)
{
    char text[16];
    int at = sizeof text, fd = open(path, O_WRONLY | O_CLOEXEC);
    ssize_t put = 0;

    do {
        text[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    if (fd >= 0) {
        put = write(fd, text + at, sizeof text - (size_t)at);
        close(fd);
    }
    (void)put;
}

static int
send_device(int to, int fd)
{
    char byte = 0, control[CMSG_SPACE(sizeof(int))] = {0};
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control,
                             .msg_controllen = sizeof control};
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);

    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(head), &fd, sizeof fd);
    return sendmsg(to, &message, 0) == 1 ? 0 : -1;
}

int
live_namespace_enter(const LiveNamespace *spec)
{
    int tun;

    if (unshare(CLONE_NEWNET) != 0 || (tun = make_device(spec->address)) < 0)
        return errno;
    set_sysctl("/proc/sys/net/ipv4/tcp_rto_min_us", spec->rto_min_us);
    set_sysctl("/proc/sys/net/ipv4/tcp_rto_max_ms", spec->rto_max_ms);
    if (send_device(spec->to_parent, tun) != 0)
        return errno;
    close(tun);
    return 0;
}

/* --- in the parent ------------------------------------------------------------------------ */

int
live_namespace_receive(int from_child, GError **error)
{
    char byte, control[CMSG_SPACE(sizeof(int))] = {0};
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control,
                             .msg_controllen = sizeof control};
    struct cmsghdr *head;
    int fd;

    if (recvmsg(from_child, &message, MSG_CMSG_CLOEXEC) != 1 ||
        (head = CMSG_FIRSTHDR(&message)) == NULL || head->cmsg_type != SCM_RIGHTS) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                    "the process could not make its network device");
        return -1;
    }
    memcpy(&fd, CMSG_DATA(head), sizeof fd);
    return fd;
}

static bool
write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

    if (fd >= 0)
        close(fd);
    return ok;
}

/* Makes the user root of a user namespace of its own, in which network namespaces can be made. */
static bool
become_root(void)
{
    g_autofree char *uids = g_strdup_printf("0 %u 1", geteuid());
    g_autofree char *gids = g_strdup_printf("0 %u 1", getegid());

    return geteuid() == 0 ||
           (unshare(CLONE_NEWUSER) == 0 && write_file("/proc/self/setgroups", "deny") &&
            write_file("/proc/self/uid_map", uids) && write_file("/proc/self/gid_map", gids));
}

/* Returns 0, or the errno with which a child failed to make a namespace. */
static int
try_in_child(void)
{
    LiveNamespace spec = {.rto_min_us = 200000, .rto_max_ms = 120000};
    int sockets[2], status = 0;
    pid_t pid;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0)
        return errno;
    live_namespace_address(spec.address, 0);
    spec.to_parent = sockets[1];
    pid = fork();
    if (pid == 0)
        _exit(live_namespace_enter(&spec));
    close(sockets[0]);
    close(sockets[1]);
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        return errno;
    return WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
}

bool
live_namespace_prepare(GError **error)
{
    int failure;

    if (!become_root()) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                    "no namespace for this user: %s; root has one", g_strerror(errno));
        return false;
    }
    failure = try_in_child();
    if (failure == 0)
        return true;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                "no network device in a namespace: %s", g_strerror(failure));
    return false;
}
