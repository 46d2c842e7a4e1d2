/* A correct chat server in C: one thread, poll(), messages that end with NUL.
 *
 * A nickname may be shared; who gives one that is blank, has control characters or is not UTF-8
 * is disconnected; other bytes are passed on as they are. Who is four megabytes behind, or sends
 * a message without an end, is disconnected. Usage: nul PORT --dialect nul
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ = 32768, LONGEST = 256 * 1024, MOST_BEHIND = 4 * 1024 * 1024 };

struct buffer {
    char *data;
    size_t begin, end, room;
};

struct client {
    int fd;
    char *nick; /* NULL until it has one */
    bool gone;
    struct buffer in, out;
};

static struct client **clients;
static struct pollfd *polled;
static size_t count, room;
static volatile sig_atomic_t stopped;

static void stop(int number) {
    (void)number;
    stopped = 1;
}

static void *grown(void *old, size_t size) {
    void *data = realloc(old, size);
    if (!data) {
        perror("nul");
        exit(1);
    }
    return data;
}

static size_t held(const struct buffer *b) { return b->end - b->begin; }

static void add(struct buffer *b, const char *data, size_t size) {
    if (b->begin && b->end + size > b->room) {
        memmove(b->data, b->data + b->begin, held(b));
        b->end -= b->begin;
        b->begin = 0;
    }
    if (b->end + size > b->room) {
        b->room = 2 * (b->end + size);
        b->data = grown(b->data, b->room);
    }
    memcpy(b->data + b->end, data, size);
    b->end += size;
}

static void take_off(struct buffer *b, size_t size) {
    b->begin += size;
    if (!held(b)) {
        /* An empty buffer keeps no memory: most are empty most of the time. */
        free(b->data);
        memset(b, 0, sizeof *b);
    }
}

static void flush(struct client *c) {
    while (held(&c->out)) {
        ssize_t sent = send(c->fd, c->out.data + c->out.begin, held(&c->out), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
        /* After an error: its end is noticed where it is read. */
        take_off(&c->out, sent < 0 ? held(&c->out) : (size_t)sent);
    }
    if (held(&c->out) > MOST_BEHIND) {
        struct linger reset = {1, 0};
        setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        c->gone = true;
    }
}

/* How many bytes the character at `s` has; 0 where it is no UTF-8. `code` is what it is. */
static size_t character(const unsigned char *s, unsigned *code) {
    static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t size = *s < 0x80 ? 1 : *s >> 5 == 6 ? 2 : *s >> 4 == 14 ? 3 : *s >> 3 == 30 ? 4 : 0;
    if (!size) return 0;
    *code = size == 1 ? *s : *s & (0xffu >> (size + 1));
    for (size_t i = 1; i < size; i++) {
        if (s[i] >> 6 != 2) return 0; /* also the NUL at the end */
        *code = *code << 6 | (s[i] & 0x3fu);
    }
    bool surrogate = *code >= 0xd800 && *code < 0xe000;
    return *code < least[size] || surrogate || *code > 0x10ffff ? 0 : size;
}

static bool is_blank(unsigned code) {
    return code == ' ' || code == 0xa0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200a) ||
           code == 0x2028 || code == 0x2029 || code == 0x202f || code == 0x205f || code == 0x3000;
}

static bool is_nickname(const char *nick) {
    const unsigned char *at = (const unsigned char *)nick;
    bool visible = false;
    while (*at) {
        unsigned code;
        size_t size = character(at, &code);
        if (!size || code < 0x20 || (code >= 0x7f && code < 0xa0)) return false;
        visible = visible || !is_blank(code);
        at += size;
    }
    return visible;
}

static void say(const struct client *from, const char *text) {
    for (size_t i = 0; i < count; i++) {
        struct client *to = clients[i];
        if (to == from || !to->nick || to->gone) continue;
        add(&to->out, from->nick, strlen(from->nick));
        add(&to->out, ": ", 2);
        add(&to->out, text, strlen(text) + 1);
        flush(to);
    }
}

static void take(struct client *c, const char *text) {
    if (c->nick) {
        say(c, text);
    } else if (is_nickname(text)) {
        c->nick = grown(NULL, strlen(text) + 1);
        strcpy(c->nick, text);
    } else {
        c->gone = true;
    }
}

static void hear(struct client *c) {
    static char data[READ];
    ssize_t size = recv(c->fd, data, sizeof data, 0);
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return;
    if (size <= 0) {
        c->gone = true;
        return;
    }
    add(&c->in, data, (size_t)size);
    char *end;
    while (!c->gone && held(&c->in) &&
           (end = memchr(c->in.data + c->in.begin, 0, held(&c->in)))) {
        const char *text = c->in.data + c->in.begin;
        take(c, text);
        take_off(&c->in, (size_t)(end - text) + 1);
    }
    if (held(&c->in) > LONGEST) c->gone = true;
}

static void welcome(int listener) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
        /* Out of files: the connection goes on waiting at the door. */
        if (errno == EMFILE || errno == ENFILE) usleep(50000);
        return;
    }
    int yes = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (count == room) {
        room = room ? 2 * room : 64;
        clients = grown(clients, room * sizeof *clients);
        polled = grown(polled, (room + 1) * sizeof *polled);
    }
    struct client *c = grown(NULL, sizeof *c);
    *c = (struct client){.fd = fd};
    clients[count++] = c;
    add(&c->out, "nickname", 9);
    flush(c);
}

static void bury_the_gone(void) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        struct client *c = clients[i];
        if (!c->gone) {
            clients[kept++] = c;
            continue;
        }
        close(c->fd);
        free(c->nick);
        free(c->in.data);
        free(c->out.data);
        free(c);
    }
    count = kept;
}

static void turn(int listener, const sigset_t *waiting) {
    size_t known = count;
    polled[known] = (struct pollfd){.fd = listener, .events = POLLIN};
    for (size_t i = 0; i < known; i++) {
        short events = held(&clients[i]->out) ? POLLIN | POLLOUT : POLLIN;
        polled[i] = (struct pollfd){.fd = clients[i]->fd, .events = events};
    }
    if (ppoll(polled, known + 1, NULL, waiting) < 0) return;
    for (size_t i = 0; i < known; i++) {
        struct client *c = clients[i];
        if (!c->gone && polled[i].revents & POLLOUT) flush(c);
        if (!c->gone && polled[i].revents & ~POLLOUT) hear(c);
    }
    if (polled[known].revents) welcome(listener);
    bury_the_gone();
}

int main(int argc, char **argv) {
    bool known = argc == 4 && !strcmp(argv[2], "--dialect") && !strcmp(argv[3], "nul");
    int port = known ? atoi(argv[1]) : 0;
    if (port <= 0 || port > 65535) {
        fprintf(stderr, "usage: nul PORT --dialect nul\n");
        return 2;
    }
    sigset_t blocked, waiting;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGINT);
    sigaddset(&blocked, SIGTERM);
    /* Only while it waits is it told to stop: no signal is lost between a look and the wait. */
    sigprocmask(SIG_BLOCK, &blocked, &waiting);
    signal(SIGINT, stop);
    signal(SIGTERM, stop);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), yes = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 1024)) {
        perror("nul");
        return 1;
    }
    polled = grown(NULL, sizeof *polled);
    while (!stopped) turn(listener, &waiting);
    return 0;
}
