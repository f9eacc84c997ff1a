#!/usr/bin/env python3
"""Sweeps that are disturbed, resumed to their end and held against the same sweeps left alone.

  chaos.py PROGRAM [--sweeps N] [--testbed N] [--seed N] [--seconds N] [--keep DIR] [--short] [--only SLIP]

N sweeps on the simulator, by simulated hands, a robot or a person at a terminal, and as many as --testbed says over the real pcscd.
Everything is drawn from a sweep's seed; they count up from --seed. A sweep that fails is named with its seed and kind, its
directory stays, and `--seed N --sweeps 1` (or `--testbed 1 --sweeps 0`) does it again. --seconds: no sweep is begun later.
Moments are taken from the journal's length, so what a kill meets differs from time to time; what must hold afterwards does not.
Exit status 0: every sweep survived; 1: one did not.
"""
import argparse
import collections
import os
import random
import shutil
import sys
import tempfile
import time

sys.dont_write_bytecode = True
from judge import judge  # noqa: E402
from simulated import simulated_sweep  # noqa: E402
from sweep import Broken, Lab  # noqa: E402
from testbed import forget_references, testbed_is_there, testbed_sweep  # noqa: E402


def options():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('program')
    p.add_argument('--sweeps', type=int, default=300)
    p.add_argument('--testbed', type=int, default=0)
    p.add_argument('--seed', type=int, default=None)
    p.add_argument('--seconds', type=float, default=float('inf'))
    p.add_argument('--keep', default=None, help='where the directories of failures stay')
    p.add_argument('--short', action='store_true', help='one phone over pcscd, which never fails: nothing else to compare with')
    p.add_argument('--only', help='a person over pcscd who does but this: "lifts it early", "lays nothing" ...')
    return p.parse_args()


def one(make, seed, o, total):
    """A sweep by itself; False when it failed."""
    directory = tempfile.mkdtemp(prefix=f'chaos-{seed}.', dir=o.keep)
    lab = Lab(os.path.realpath(o.program), directory, random.Random(f'{make.__name__} {seed}'), seed, o.short, o.only)
    try:
        undisturbed, wide, exact = make(lab)
        wrong, count = judge(lab.run, undisturbed, wide, exact)
    except Broken as broken:
        wrong, count = [str(broken)], {}
    finally:
        lab.end()
    total.update(count)
    total.update({'disturbed: ' + what: n for what, n in lab.disturbed.items()})
    if wrong or lab.lost:
        print(f'FAILED {make.__name__} seed {seed}, kept in {directory}; disturbed by {", ".join(lab.story)}')
        for line in (lab.lost + wrong)[:10]:
            print(f'  {line}')
        sys.stdout.flush()
        return False
    shutil.rmtree(directory)
    return True


def main():
    o = options()
    first = o.seed if o.seed is not None else int(time.time())
    end, total, survived, made = time.monotonic() + o.seconds, collections.Counter(), collections.Counter(), collections.Counter()
    if o.testbed and not testbed_is_there(o.program):
        print('the testbed is skipped: it is not built, or umockdev, pcscd or libpcsc-perl is missing')
        o.testbed = 0
    print(f'seeds from {first}', flush=True)
    for make, sweeps in ((testbed_sweep, o.testbed), (simulated_sweep, o.sweeps)):
        for seed in range(first, first + sweeps):
            if time.monotonic() > end:
                break
            made[make.__name__] += 1
            survived[make.__name__] += one(make, seed, o, total)
    forget_references()
    for name in made:
        print(f'{name}: {survived[name]} of {made[name]} survived')
    for what, n in sorted(total.items()):
        print(f'  {what}: {n}')
    return 0 if survived == made and sum(made.values()) > 0 else 1


if __name__ == '__main__':
    sys.exit(main())
