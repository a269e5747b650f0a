import { subscribe } from 'node:diagnostics_channel';
import { syncBuiltinESMExports } from 'node:module';
import { Socket } from 'node:net';
import tls from 'node:tls';
import type { AnyFunction } from '../call-site.ts';
import { Conversation } from '../calls/conversation.ts';
import { replaceMethod } from '../replace-method.ts';
import { currentRequest } from '../requests/request.ts';
import { ignoreSocket, isIgnored, isOpenedForOthers } from './ignored-sockets.ts';
import type { Instrument } from './instrument.ts';

/*
 * Calls over sockets no other instrument answers for: mail, caches, queues, other databases. Their
 * protocols are unknown, so the rule is plain. A request waits for a socket from the moment it opens
 * the socket or writes to it until the next data arrives; what is never answered was no wait. A
 * socket that was opened in the request is one call, from opening to its last answer (a mail is a
 * conversation); on a socket that was there before, each exchange is a call of its own (a command
 * to a cache). Of pipelined exchanges of several requests on one socket all end with the first
 * answer, so these waits come out too short rather than too long.
 */
export const sockets: Instrument = {
  name: 'sockets',
  install({ recorder, guard }) {
    const open = guard.wrap((socket: WatchedSocket, below: AnyFunction) => {
      if (isIgnored(socket) || isOpenedForOthers() || socket[conversation] !== undefined) return;
      const talk = new Conversation(recorder);
      talk.opened(currentRequest(), below);
      watch(socket, talk);
    }, undefined);
    const upgrade = guard.wrap((secure: WatchedSocket, lower: WatchedSocket) => {
      const talk = lower[conversation];
      if (isIgnored(lower)) ignoreSocket(secure);
      else if (talk !== undefined) watch(secure, talk);
    }, undefined);

    const watch = (socket: WatchedSocket, talk: Conversation): void => {
      socket[conversation] = talk;
      const onWrite = guard.wrap((below: AnyFunction) => {
        if (isIgnored(socket)) talk.abandon();
        else talk.wrote(currentRequest(), below);
      }, undefined);
      const onData = guard.wrap((chunk: unknown) => {
        if (isIgnored(socket) || chunk === null) talk.abandon();
        else talk.answered(socket);
      }, undefined);
      const onDestroy = guard.wrap((error: unknown) => {
        if (isIgnored(socket) || !(error instanceof Error)) talk.abandon();
        else talk.answered(socket, error);
      }, undefined);
      replaceMethod(
        socket,
        'destroy',
        (original) =>
          function (this: WatchedSocket, ...args) {
            onDestroy(args[0]);
            return Reflect.apply(original, this, args);
          },
      );
      replaceMethod(
        socket,
        'push',
        (original) =>
          function (this: WatchedSocket, ...args) {
            onData(args[0]);
            return Reflect.apply(original, this, args);
          },
      );
      // `connect`, which is on the stack, is about to put back the original `write`.
      const hearWrites = guard.wrap(() => {
        replaceMethod(
          socket,
          'write',
          (original) =>
            function write(this: WatchedSocket, ...args) {
              onWrite(write);
              return Reflect.apply(original, this, args);
            },
        );
      }, undefined);
      queueMicrotask(hearWrites);
    };

    subscribe('net.client.socket', function opened(event) {
      open((event as { readonly socket: Socket }).socket, opened);
    });
    // An upgrade to TLS takes the bytes past the plain socket's own methods.
    replaceMethod(
      tls,
      'connect',
      (original) =>
        function connect(this: typeof tls, ...args) {
          const secure = Reflect.apply(original, this, args) as Socket;
          const lower = lowerSocket(args);
          if (lower === undefined) open(secure, connect);
          else upgrade(secure, lower);
          return secure;
        },
    );
    syncBuiltinESMExports();
    return [];
  },
};

const conversation = Symbol('amdahl.conversation');

type WatchedSocket = Socket & { [conversation]?: Conversation };

function lowerSocket(args: readonly unknown[]): WatchedSocket | undefined {
  for (const argument of args) {
    const { socket } = (argument ?? {}) as { readonly socket?: unknown };
    if (socket instanceof Socket) return socket;
  }
  return undefined;
}
