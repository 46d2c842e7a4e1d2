/* The limit: a chat server in C, raw dialect, one send per receiver and wake-up.
 *
 * Each turn of the loop reads every talker that is ready, once, into one batch, and then writes
 * the batch to each member, less what that member said itself: two slices, one system call. It
 * does no more than a chat needs: no bounds, no check of the text. It does not know what it is
 * compared with.
 *
 * Usage: baseline PORT
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { MAX_FD = 65536, READ_SIZE = 65536, MAX_EVENTS = 4096, MAX_NICK = 255 };

struct client {
    char nick[MAX_NICK + 3]; /* with ": " behind it */
    size_t nick_length;      /* 0 before it is a member */
    size_t own_start, own_end;
    char *out;
    size_t out_start, out_end, out_size;
};

static struct client *clients[MAX_FD];
static int members[MAX_FD], member_count, epoll;
static char *batch;
static size_t batch_length, batch_size;

static void *grown(void *memory, size_t size) {
    memory = realloc(memory, size);
    if (!memory) {
        perror("realloc");
        exit(1);
    }
    return memory;
}

static void watch(int fd, int operation, uint32_t events) {
    struct epoll_event event = {.events = events, .data.fd = fd};
    epoll_ctl(epoll, operation, fd, &event);
}

static void leave(int fd) {
    for (int i = 0; i < member_count; i++)
        if (members[i] == fd) {
            members[i] = members[--member_count];
            break;
        }
    free(clients[fd]->out);
    free(clients[fd]);
    clients[fd] = NULL;
    close(fd);
}

/* Keep what the kernel did not take; it goes when the socket is writable again. */
static void keep(int fd, struct client *client, const char *data, size_t length) {
    if (!length)
        return;
    if (client->out_start == client->out_end) {
        client->out_start = client->out_end = 0;
        watch(fd, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
    }
    if (client->out_end + length > client->out_size) {
        client->out_size = 2 * (client->out_end + length);
        client->out = grown(client->out, client->out_size);
    }
    memcpy(client->out + client->out_end, data, length);
    client->out_end += length;
}

static void send_kept(int fd, struct client *client) {
    size_t length = client->out_end - client->out_start;
    ssize_t sent = send(fd, client->out + client->out_start, length, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0)
        client->out_start += (size_t)sent;
    if (client->out_start == client->out_end || (sent < 0 && errno != EAGAIN)) {
        client->out_start = client->out_end;
        watch(fd, EPOLL_CTL_MOD, EPOLLIN);
    }
}

static void send_slices(int fd, struct client *client, struct iovec slices[2]) {
    struct msghdr message = {.msg_iov = slices, .msg_iovlen = 2};
    ssize_t sent = 0;
    if (client->out_start == client->out_end)
        sent = sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN)
        return; /* its loss is handled where it is read */
    size_t done = sent > 0 ? (size_t)sent : 0;
    for (int i = 0; i < 2; i++) {
        size_t here = done < slices[i].iov_len ? done : slices[i].iov_len;
        keep(fd, client, (char *)slices[i].iov_base + here, slices[i].iov_len - here);
        done -= here;
    }
}

static void flush_batch(void) {
    for (int i = 0; i < member_count; i++) {
        int fd = members[i];
        struct client *client = clients[fd];
        struct iovec slices[2] = {
            {batch, client->own_start},
            {batch + client->own_end, batch_length - client->own_end},
        };
        client->own_start = client->own_end = 0;
        if (slices[0].iov_len + slices[1].iov_len)
            send_slices(fd, client, slices);
    }
    batch_length = 0;
}

static void join(int fd, struct client *client, const char *data, size_t length) {
    while (length && (data[length - 1] == '\n' || data[length - 1] == '\r'))
        length--;
    if (!length || length > MAX_NICK) {
        leave(fd);
        return;
    }
    memcpy(client->nick, data, length);
    memcpy(client->nick + length, ": ", 2);
    client->nick_length = length + 2;
    members[member_count++] = fd;
}

static void read_client(int fd, struct client *client) {
    if (batch_length + MAX_NICK + 2 + READ_SIZE > batch_size) {
        batch_size = 2 * (batch_length + MAX_NICK + 2 + READ_SIZE);
        batch = grown(batch, batch_size);
    }
    char *place = batch + batch_length;
    ssize_t length = recv(fd, place + client->nick_length, READ_SIZE, MSG_DONTWAIT);
    if (length < 0 && errno == EAGAIN)
        return;
    if (length <= 0)
        leave(fd);
    else if (!client->nick_length)
        join(fd, client, place, (size_t)length);
    else {
        memcpy(place, client->nick, client->nick_length);
        client->own_start = batch_length;
        batch_length += client->nick_length + (size_t)length;
        client->own_end = batch_length;
    }
}

static void accept_client(int listener) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    int one = 1;
    if (fd < 0 || fd >= MAX_FD)
        return;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    clients[fd] = grown(NULL, sizeof *clients[fd]);
    memset(clients[fd], 0, sizeof *clients[fd]);
    watch(fd, EPOLL_CTL_ADD, EPOLLIN);
    if (send(fd, "nickname", 8, MSG_NOSIGNAL) < 0)
        leave(fd);
}

static int listen_on(int port) {
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 4096)) {
        perror("listen");
        exit(1);
    }
    return listener;
}

static void stop(int number) {
    (void)number;
    _exit(0);
}

int main(int count, char **arguments) {
    if (count != 2) {
        fprintf(stderr, "usage: %s PORT\n", arguments[0]);
        return 2;
    }
    signal(SIGINT, stop);
    signal(SIGTERM, stop);
    int listener = listen_on(atoi(arguments[1]));
    epoll = epoll_create1(0);
    watch(listener, EPOLL_CTL_ADD, EPOLLIN);
    static struct epoll_event events[MAX_EVENTS];
    for (;;) {
        int ready = epoll_wait(epoll, events, MAX_EVENTS, -1);
        for (int i = 0; i < ready; i++) {
            int fd = events[i].data.fd;
            if (fd == listener) {
                accept_client(listener);
                continue;
            }
            if (events[i].events & EPOLLOUT)
                send_kept(fd, clients[fd]);
            if (events[i].events & ~(uint32_t)EPOLLOUT)
                read_client(fd, clients[fd]);
        }
        if (batch_length)
            flush_batch();
    }
}
