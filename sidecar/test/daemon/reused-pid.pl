# A connection whose opener has ended and whose pid belongs to another program by the time that the daemon looks at it.
# reused-pid.pl SOCKET DAEMON_PID OTHER_PROGRAM: stops the daemon, connects in a process P that leaves the connection to a child and ends,
# starts OTHER_PROGRAM under P's pid (clone3 with set_tid), lets the daemon go on and sends a request. Prints who has the pid, then the answer.
use strict; use warnings; use IO::Socket::UNIX; use POSIX qw(:sys_wait_h);
my ($path, $daemon, $other) = @ARGV;
kill 'STOP', $daemon or die "stop: $!";
pipe(my $told, my $tell) or die; pipe(my $from, my $into) or die;
my $opener = fork() // die;
if ($opener == 0) {
  my $socket = IO::Socket::UNIX->new(Peer => $path) or POSIX::_exit(3);
  my $child = fork() // POSIX::_exit(4);
  POSIX::_exit(0) if $child;
  close $tell; close $from;
  my $go = <$told>;
  print $socket "GET /openai/v1/models HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  syswrite $into, $_ while <$socket>;
  POSIX::_exit(0);
}
waitpid($opener, 0); die "opener: $?" if $?;
# struct clone_args: flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup
my $tid = pack('l', $opener);
my $args = pack('Q8', 0, 0, 0, 0, 17, 0, 0, 0) . pack('P', $tid) . pack('Q2', 1, 0);
my $pid = syscall(435, $args, length $args);
die "clone3: $!" if $pid < 0;
if ($pid == 0) { exec $other, '-e', 'sleep 60' or POSIX::_exit(5) }
select undef, undef, undef, 0.01 until (readlink("/proc/$pid/exe") // '') eq $other;
print "pid $opener is ", readlink("/proc/$opener/exe"), "\n";
kill 'CONT', $daemon;
close $into; print $tell "go\n"; close $tell;
print while <$from>;
kill 'KILL', $pid; waitpid($pid, 0);
