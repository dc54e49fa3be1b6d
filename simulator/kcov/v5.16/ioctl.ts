/**
 * @module kernel/kcov.c (v5.16): ioctl. INIT_TRACE sizes the device, ENABLE wires it to the current task, REMOTE_ENABLE to
 * the sections that carry its handles, DISABLE undoes either. kcov_ioctl_locked() runs with kcov->lock held and interrupts off.
 */
import {
  call, cast, fail, fn, for_, if_, increment, int, joined, long, name, pointer, ref, ret, set, sizeOf, structType, switch_,
  on, otherwise, unsigned, unsignedInt, unsignedLong, void_,
} from '../../ir/build.js';
import type { Code, Item, Term } from '../../ir/build.js';
import { device, file, remoteArg, remoteEntry, task } from '../types.js';
import { refuseUnlessFree, register } from '../v6.12/ioctl.js';

/** INIT_TRACE: room for the count and one PC at least, and no overflow when it is made bytes. */
function initTrace(kcov: Term, size: Term, arg: Term): Code[] {
  return [
    if_(kcov.to('mode').ne('KCOV_MODE_DISABLED'),
      fail('EBUSY')),
    set(size, arg),
    if_(size.lt(2).or(size.gt(name('INT_MAX').over(sizeOf(unsignedLong)))),
      fail('EINVAL')),
    set(kcov.to('size'), size),
    set(kcov.to('mode'), 'KCOV_MODE_INIT'),
    ret(0),
  ];
}

const underLock: Item = fn('kcov_ioctl_locked', {
  is: 'static', returns: int, takes: { kcov: device, cmd: unsignedInt, arg: unsignedLong },
  locals: {
    t: task, size: unsignedLong, unused: joined(unsignedLong), mode: int, i: joined(int), remote_arg: remoteArg,
    remote: remoteEntry, flags: unsignedLong,
  },
  body: ({ kcov, cmd, arg, t, size, unused, mode, i, remote_arg, remote, flags }) => [
    switch_(cmd,
      on('KCOV_INIT_TRACE', ...initTrace(kcov, size, arg)),
      on('KCOV_ENABLE',
        ...refuseUnlessFree(kcov, t),
        set(mode, call('kcov_get_mode', arg)),
        if_(mode.lt(0),
          ret(mode)),
        call('kcov_fault_in_area', kcov),
        set(kcov.to('mode'), mode),
        call('kcov_start', t, kcov, kcov.to('size'), kcov.to('area'), kcov.to('mode'), kcov.to('sequence')),
        set(kcov.to('t'), t),
        // Put by kcov_task_exit() or DISABLE.
        call('kcov_get', kcov),
        ret(0)),
      on('KCOV_DISABLE',
        set(unused, arg),
        if_(unused.ne(0).or(name('current').to('kcov').ne(kcov)),
          fail('EINVAL')),
        set(t, 'current'),
        if_(call('WARN_ON', kcov.to('t').ne(t)),
          fail('EINVAL')),
        call('kcov_disable', t, kcov),
        call('kcov_put', kcov),
        ret(0)),
      on('KCOV_REMOTE_ENABLE',
        ...refuseUnlessFree(kcov, t),
        set(remote_arg, cast(remoteArg, arg)),
        set(mode, call('kcov_get_mode', remote_arg.to('trace_mode'))),
        if_(mode.lt(0),
          ret(mode)),
        if_(remote_arg.to('area_size').gt(name('LONG_MAX').over(sizeOf(unsignedLong))),
          fail('EINVAL')),
        set(kcov.to('mode'), mode),
        set(t.to('kcov'), kcov),
        set(kcov.to('t'), t),
        set(kcov.to('remote'), 'true'),
        set(kcov.to('remote_size'), remote_arg.to('area_size')),
        call('spin_lock_irqsave', ref('kcov_remote_lock'), flags),
        for_([set(i, 0), i.lt(remote_arg.to('num_handles')), increment(i)],
          register({ kcov, t, remote, handle: remote_arg.to('handles').at(i), valid: ['false', 'true', 'false'] })),
        if_(remote_arg.to('common_handle'), [
          ...register({ kcov, t, remote, handle: remote_arg.to('common_handle'), valid: ['true', 'false', 'false'] }),
          set(t.to('kcov_handle'), remote_arg.to('common_handle')),
        ]),
        call('spin_unlock_irqrestore', ref('kcov_remote_lock'), flags),
        // Put by kcov_task_exit() or DISABLE.
        call('kcov_get', kcov),
        ret(0)),
      otherwise(
        fail('ENOTTY'))),
  ],
});

export const ioctl: readonly Item[] = [
  underLock,

  // The argument of REMOTE_ENABLE is fetched twice: first its length, then all of it.
  fn('kcov_ioctl', {
    is: 'static', returns: long, takes: { filep: file, cmd: unsignedInt, arg: unsignedLong },
    locals: {
      kcov: device, res: int, remote_arg: [remoteArg, 'NULL'], remote_num_handles: unsignedInt,
      remote_arg_size: unsignedLong, flags: unsignedLong,
    },
    body: ({ filep, cmd, arg, kcov, res, remote_arg, remote_num_handles, remote_arg_size, flags }) => [
      if_(cmd.eq('KCOV_REMOTE_ENABLE'), [
        if_(call('get_user', remote_num_handles,
          cast(pointer(unsigned, '__user'), arg.plus(call('offsetof', structType('kcov_remote_arg'), 'num_handles')))),
        fail('EFAULT')),
        if_(remote_num_handles.gt('KCOV_REMOTE_MAX_HANDLES'),
          fail('EINVAL')),
        set(remote_arg_size, call('struct_size', remote_arg, 'handles', remote_num_handles)),
        set(remote_arg, call('memdup_user', cast(pointer(void_, '__user'), arg), remote_arg_size)),
        if_(call('IS_ERR', remote_arg),
          ret(call('PTR_ERR', remote_arg))),
        if_(remote_arg.to('num_handles').ne(remote_num_handles), [
          call('kfree', remote_arg),
          fail('EINVAL'),
        ]),
        set(arg, cast(unsignedLong, remote_arg)),
      ]),
      set(kcov, filep.to('private_data')),
      call('spin_lock_irqsave', ref(kcov.to('lock')), flags),
      set(res, call('kcov_ioctl_locked', kcov, cmd, arg)),
      call('spin_unlock_irqrestore', ref(kcov.to('lock')), flags),
      call('kfree', remote_arg),
      ret(res),
    ],
  }),
];
