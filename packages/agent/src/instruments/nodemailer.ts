import { callSiteHint, captureCallSite, type AnyFunction } from '../call-site.ts';
import { addAtEnd, type ModulePatch } from '../module-patches.ts';
import { replaceMethod } from '../replace-method.ts';
import { currentRequest } from '../requests/request.ts';
import type { Instrument } from './instrument.ts';

/**
 * Mail sent with nodemailer is a conversation over a socket, which the sockets' instrument sees.
 * The socket is opened long after `sendMail` was called and off its stack, so the place is noted
 * there.
 */
export const nodemailer: Instrument = {
  name: 'nodemailer',
  install({ guard }) {
    const placeOfMail = guard.wrap(
      (below: AnyFunction) => (currentRequest() === null ? null : captureCallSite(below)),
      null,
    );
    const probe = guard.wrap((Mail: { readonly prototype: Mailer }) => {
      replaceMethod(
        Mail.prototype,
        'sendMail',
        (original) =>
          function sendMail(this: Mailer, mail, callback) {
            const callSite = placeOfMail(sendMail);
            if (callSite === null) return original.call(this, mail, callback);
            const called =
              typeof callback === 'function'
                ? function (this: unknown, ...results: never[]): unknown {
                    return callSiteHint.exit(() => Reflect.apply(callback, this, results));
                  }
                : callback;
            return callSiteHint.run(callSite, () => original.call(this, mail, called));
          },
      );
    }, undefined);
    return ['dist/esm/', 'dist/cjs/', 'lib/'].map((folder): ModulePatch => ({
      library: 'nodemailer',
      path: `${folder}mailer/index.js`,
      probe,
      edit: (source) => addAtEnd(source, 'amdahlProbe?.(Mail);'),
    }));
  },
};

interface Mailer {
  sendMail: (...args: unknown[]) => unknown;
}
