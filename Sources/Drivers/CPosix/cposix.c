#define _GNU_SOURCE
#include "cposix.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static int result(int64_t value) { return value < 0 ? -errno : (int)value; }

int64_t cposix_monotonic_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

size_t cposix_local_path_maximum(void) {
  return sizeof(((struct sockaddr_un *)0)->sun_path) - 1;
}

static int address_of(const char *path, struct sockaddr_un *address) {
  memset(address, 0, sizeof *address);
  address->sun_family = AF_UNIX;
  size_t length = strlen(path);
  if (length == 0 || length > cposix_local_path_maximum()) return -ENAMETOOLONG;
  memcpy(address->sun_path, path, length);
  return 0;
}

int cposix_local_socket(void) { return result(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)); }

int cposix_local_listen(int fd, const char *path, unsigned mode, int backlog) {
  struct sockaddr_un address;
  int failure = address_of(path, &address);
  if (failure < 0) return failure;
  // Linux gives the bound path the mode of the socket's inode, narrowed by umask: so it is never
  // wider than asked; chmod afterwards undoes the narrowing, and nobody connects before listen.
  if (fchmod(fd, mode) < 0) return -errno;
  if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0) return -errno;
  if (chmod(path, mode) < 0 || listen(fd, backlog) < 0) {
    failure = -errno;
    unlink(path);
    return failure;
  }
  return 0;
}

int cposix_local_connect(int fd, const char *path, int64_t timeout_ms) {
  struct sockaddr_un address;
  int failure = address_of(path, &address);
  if (failure < 0) return failure;
  if (timeout_ms >= 0) {
    if (timeout_ms == 0) timeout_ms = 1;  // Zero would mean for ever.
    struct timeval limit = {timeout_ms / 1000, timeout_ms % 1000 * 1000};
    if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) < 0) return -errno;
  }
  return result(connect(fd, (struct sockaddr *)&address, sizeof address));
}

int cposix_local_accept(int fd) {
  return result(accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK));
}

int cposix_local_peer(int fd, int32_t *pid, uint32_t *uid, uint32_t *gid) {
  struct ucred peer;
  socklen_t length = sizeof peer;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0) return -errno;
  *pid = peer.pid;
  *uid = peer.uid;
  *gid = peer.gid;
  return 0;
}

int cposix_local_identity(const char *path, uint64_t *device, uint64_t *inode, int *is_socket) {
  struct stat found;
  if (lstat(path, &found) < 0) return -errno;
  *device = found.st_dev;
  *inode = found.st_ino;
  *is_socket = S_ISSOCK(found.st_mode);
  return 0;
}

int cposix_set_nonblocking(int fd) {
  int flags = fcntl(fd, F_GETFL);
  if (flags < 0) return -errno;
  return result(fcntl(fd, F_SETFL, flags | O_NONBLOCK));
}

static int wait_for(int fd, short events, int timeout_ms) {
  struct pollfd one = {fd, events, 0};
  return result(poll(&one, 1, timeout_ms));
}

int cposix_wait_readable(int fd, int timeout_ms) { return wait_for(fd, POLLIN, timeout_ms); }
int cposix_wait_writable(int fd, int timeout_ms) { return wait_for(fd, POLLOUT, timeout_ms); }

int cposix_wait_ready(int fd, int also_writable, int wake, int timeout_ms) {
  short events = also_writable ? POLLIN | POLLOUT : POLLIN;
  struct pollfd both[2] = {{fd, events, 0}, {wake, POLLIN, 0}};
  int ready = result(poll(both, 2, timeout_ms));
  return ready > 0 ? 1 : ready;
}

int cposix_pipe(int *reading, int *writing) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) return -errno;
  *reading = ends[0];
  *writing = ends[1];
  return 0;
}

int cposix_write_byte(int fd) { return result(write(fd, "", 1)); }

int64_t cposix_receive(int fd, void *bytes, size_t count) {
  int64_t received = recv(fd, bytes, count, 0);
  return received < 0 ? -errno : received;
}

int64_t cposix_send(int fd, const void *bytes, size_t count) {
  int64_t sent = send(fd, bytes, count, MSG_NOSIGNAL);
  return sent < 0 ? -errno : sent;
}

int cposix_shutdown(int fd) { return result(shutdown(fd, SHUT_RDWR)); }
void cposix_close(int fd) { close(fd); }
void cposix_unlink(const char *path) { unlink(path); }

int cposix_thread_start(pthread_t *thread, const char *name, void *(*body)(void *), void *context) {
  int failure = pthread_create(thread, NULL, body, context);
  if (failure != 0) return -failure;
  char short_name[16] = {0};
  strncpy(short_name, name, sizeof short_name - 1);
  pthread_setname_np(*thread, short_name);
  return 0;
}

int cposix_terminal_columns(int fd) {
  struct winsize size;
  return isatty(fd) && ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

int cposix_watch(const char *folder) {
  int watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  if (watch < 0)
    return -errno;
  if (inotify_add_watch(watch, folder, IN_MODIFY | IN_CREATE | IN_MOVED_TO) < 0) {
    int failure = -errno;
    close(watch);
    return failure;
  }
  return watch;
}

int cposix_await_change(int watch, int timeout_ms) {
  int ready = cposix_wait_readable(watch, timeout_ms);
  if (ready <= 0)
    return ready;
  char events[4096];
  while (read(watch, events, sizeof events) > 0)
    ;
  return 1;
}
