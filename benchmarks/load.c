/* The load: N people on one epoll, who join a raw chat and then all talk.
 *
 * A delivery is counted when its last byte is read: each message ends with a byte that stands in
 * it once, so a server may glue messages under one prefix. It speaks with one server and knows
 * nothing of it but the dialect.
 *
 * Usage: load PORT PEOPLE MESSAGES WINDOW SECONDS
 *   PEOPLE    how many join, at least 2
 *   MESSAGES  how many each says, 64 bytes; 0: one person speaks and all others are idle
 *   WINDOW    how many rounds (a message of everyone) may be under way; 0: all, in one burst
 *   SECONDS   give up after this time and report what was delivered until then
 * Prints: deliveries, seconds, and 1 if all came, else 0. With MESSAGES 0: the median time in
 * seconds until all others have one message, of 50.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SIZE = 64, READ_SIZE = 1 << 20, MAX_EVENTS = 4096, SAMPLES = 50 };
static const char TALK = '.', WARM = '!';

struct person {
    int fd;
    long sent;     /* bytes of the timed part that are written */
    uint64_t warm; /* signs heard before it */
};

static struct person *people;
static int count, epoll;
static char data[READ_SIZE], message[SIZE];
static uint64_t talked;
static double patience;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void die(const char *what) {
    fprintf(stderr, "load: %s (%s)\n", what, strerror(errno));
    exit(1);
}

static uint64_t occurrences(const char *bytes, size_t length, char wanted) {
    uint64_t found = 0;
    while (length) {
        size_t block = length < 255 ? length : 255;
        uint8_t here = 0; /* cannot overflow, so that the compiler counts 16 at a time */
        for (size_t i = 0; i < block; i++)
            here = (uint8_t)(here + (bytes[i] == wanted));
        found += here;
        bytes += block;
        length -= block;
    }
    return found;
}

static int connect_once(struct sockaddr_in *address) {
    struct sockaddr_in own;
    socklen_t length = sizeof own;
    int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    if (fd < 0)
        die("cannot make a socket");
    if (connect(fd, (struct sockaddr *)address, sizeof *address) == 0) {
        getsockname(fd, (struct sockaddr *)&own, &length);
        if (own.sin_port != address->sin_port) {
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
            return fd;
        }
    }
    close(fd);
    return -1;
}

static void join(struct person *person, int number, struct sockaddr_in *address) {
    double deadline = now() + 10;
    char text[16];
    while ((person->fd = connect_once(address)) < 0) {
        if (now() > deadline)
            die("nobody listens");
        usleep(5000);
    }
    if (recv(person->fd, data, 8, MSG_WAITALL) != 8 || memcmp(data, "nickname", 8))
        die("no prompt");
    int length = snprintf(text, sizeof text, "u%05d", number);
    if (send(person->fd, text, (size_t)length, MSG_NOSIGNAL) != length)
        die("cannot send a nickname");
    fcntl(person->fd, F_SETFL, O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = person};
    epoll_ctl(epoll, EPOLL_CTL_ADD, person->fd, &event);
}

/* Read what there is; a turn ends when nothing came for `milliseconds`. */
static int read_ready(int milliseconds) {
    static struct epoll_event events[MAX_EVENTS];
    int ready = epoll_wait(epoll, events, MAX_EVENTS, milliseconds);
    for (int i = 0; i < ready; i++) {
        struct person *person = events[i].data.ptr;
        ssize_t length = recv(person->fd, data, READ_SIZE, 0);
        if (length == 0 || (length < 0 && errno != EAGAIN))
            die("the server closed a connection");
        if (length > 0) {
            talked += occurrences(data, (size_t)length, TALK);
            person->warm += occurrences(data, (size_t)length, WARM);
        }
    }
    return ready;
}

static int heard_by_all(int speaker, uint64_t signs) {
    for (int i = 0; i < count; i++)
        if (i != speaker && people[i].warm < signs)
            return 0;
    return 1;
}

/* One speaks until everyone else has heard it, so that each is a member and its nickname read. */
static void warm_up(int speaker) {
    double deadline = now() + 30;
    for (int i = 0; i < count; i++)
        people[i].warm = 0;
    while (!heard_by_all(speaker, 1)) {
        if (send(people[speaker].fd, &WARM, 1, MSG_NOSIGNAL) != 1)
            die("cannot speak");
        for (double until = now() + 0.05; now() < until && !heard_by_all(speaker, 1);)
            read_ready(10);
        if (now() > deadline)
            die("somebody hears nothing");
    }
    /* The signs that are still under way to those who were members from the first. */
    while (read_ready(20) > 0) {
    }
}

/* Write what each has to say, up to `rounds` messages; 1 if all of it is written. */
static int speak(long rounds) {
    int finished = 1;
    for (int i = 0; i < count; i++) {
        long left = rounds * SIZE - people[i].sent;
        while (left > 0) {
            long offset = people[i].sent % SIZE;
            ssize_t sent = send(people[i].fd, message + offset, (size_t)(SIZE - offset), MSG_NOSIGNAL);
            if (sent < 0 && errno != EAGAIN)
                die("cannot speak");
            if (sent < 0) {
                finished = 0;
                break;
            }
            people[i].sent += sent;
            left -= sent;
        }
    }
    return finished;
}

static void all_talk(long messages, long window) {
    uint64_t a_round = (uint64_t)count * (uint64_t)(count - 1);
    uint64_t all = a_round * (uint64_t)messages;
    int written = 0;
    double start = now();
    talked = 0;
    while (talked < all && now() - start < patience) {
        long rounds = window ? (long)(talked / a_round) + window : messages;
        if (rounds > messages)
            rounds = messages;
        int complete = speak(rounds);
        written = complete && rounds == messages;
        read_ready(complete || written ? 100 : 0);
    }
    printf("%llu %.6f %d\n", (unsigned long long)talked, now() - start, talked == all);
}

static int ascending(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static void one_talks(void) {
    double samples[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
        double start = now();
        talked = 0;
        if (send(people[0].fd, message, SIZE, MSG_NOSIGNAL) != SIZE)
            die("cannot speak");
        while (talked < (uint64_t)(count - 1)) {
            read_ready(100);
            if (now() - start > patience)
                die("a message does not reach all");
        }
        samples[i] = now() - start;
    }
    qsort(samples, SAMPLES, sizeof *samples, ascending);
    printf("%.6f\n", samples[SAMPLES / 2]);
}

int main(int argument_count, char **arguments) {
    if (argument_count != 6) {
        fprintf(stderr, "usage: %s PORT PEOPLE MESSAGES WINDOW SECONDS\n", arguments[0]);
        return 2;
    }
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_port = htons((uint16_t)atoi(arguments[1]));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    count = atoi(arguments[2]);
    patience = atof(arguments[5]);
    people = calloc((size_t)count, sizeof *people);
    if (count < 2 || !people)
        die("PEOPLE must be at least 2");
    memset(message, 'x', SIZE);
    message[SIZE - 1] = TALK;
    epoll = epoll_create1(0);
    for (int i = 0; i < count; i++)
        join(&people[i], i, &address);
    usleep(200000); /* for the last nicknames to be read; that they were is proved next */
    warm_up(0);
    warm_up(1);
    if (atol(arguments[3]))
        all_talk(atol(arguments[3]), atol(arguments[4]));
    else
        one_talks();
    return 0;
}
