// Flat calls for what Swift cannot reach: macros, `struct ucred` (_GNU_SOURCE), C enums, errno.
//
// Every call returns 0 or a count on success and -errno on failure. Nothing here keeps a pointer
// after it returns, and nothing allocates.
#pragma once
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

// Milliseconds of CLOCK_MONOTONIC.
int64_t cposix_monotonic_ms(void);

// The longest path of a Unix-domain socket, without its terminating zero.
size_t cposix_local_path_maximum(void);

// A blocking stream socket, closed on exec; its descriptor.
int cposix_local_socket(void);

// Binds to `path` (zero-terminated), with no wider access than `mode` at any time, and listens.
// When it fails after binding, it removes the path again.
int cposix_local_listen(int fd, const char *path, unsigned mode, int backlog);

// Connects the blocking socket `fd`; waits at most `timeout_ms` (negative: for ever) for a place
// in the listener's backlog: -EAGAIN when the time is over.
int cposix_local_connect(int fd, const char *path, int64_t timeout_ms);

// Accepts one connection, non-blocking and closed on exec; its descriptor.
int cposix_local_accept(int fd);

int cposix_local_peer(int fd, int32_t *pid, uint32_t *uid, uint32_t *gid);

// Device and inode of `path` itself (a symbolic link is not followed), and whether it is a socket.
int cposix_local_identity(const char *path, uint64_t *device, uint64_t *inode, int *is_socket);

int cposix_set_nonblocking(int fd);

// poll() of one descriptor; 1 when it is ready, hung up or in error, 0 when the time is over.
int cposix_wait_readable(int fd, int timeout_ms);
int cposix_wait_writable(int fd, int timeout_ms);

// Watches the files of a folder; the descriptor is the caller's to close.
int cposix_watch(const char *folder);

// Waits at most `timeout_ms` until a file of the watched folder was made, renamed or written; 1 when one
// was, 0 when the time is over. Says it once for all that happened so far.
int cposix_await_change(int watch, int timeout_ms);

// Waits until `fd` can be read, or written too if `also_writable`, or until `wake` (-1: none) can
// be read; 1 when one of them is ready, hung up or in error, 0 when the time is over.
int cposix_wait_ready(int fd, int also_writable, int wake, int timeout_ms);

// A pipe, closed on exec: its reading and its writing end.
int cposix_pipe(int *reading, int *writing);
int cposix_write_byte(int fd);

// One recv or send of at most `count` bytes; never raises SIGPIPE.
int64_t cposix_receive(int fd, void *bytes, size_t count);
int64_t cposix_send(int fd, const void *bytes, size_t count);

// Ends both directions, which wakes every thread that waits on the descriptor.
int cposix_shutdown(int fd);
void cposix_close(int fd);
void cposix_unlink(const char *path);

// Starts a joinable thread; `name` is cut to 15 bytes. Returns 0 or -errno.
int cposix_thread_start(pthread_t *thread, const char *name, void *(*body)(void *), void *context);

// Columns of the terminal behind `fd`; 0 when it is none.
int cposix_terminal_columns(int fd);
