"""`script/server`: the web server, the worker and the timetable in one terminal, and the embedded servers below them.

Written out here rather than left to a Procfile runner, because what such a runner leaves open is what matters: a
closed terminal (SIGHUP) stops everything as Ctrl-C does; a process that dies is started again, one that keeps dying
stops everything loudly; a dead database or queue is brought back; and what a kill -9 has left behind is found by
the next start and ended, after a look at whether those pids are still ours.
"""
