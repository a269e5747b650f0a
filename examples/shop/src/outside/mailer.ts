import { createTransport } from 'nodemailer';

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

export interface Mailer {
  /** Settles when the mail server has taken responsibility for the mail. */
  send(mail: Mail): Promise<void>;
}

/** Sends each mail over an SMTP connection of its own, to a server on this machine. */
export function createMailer(port: number): Mailer {
  const transport = createTransport({
    host: '127.0.0.1',
    port,
    secure: false,
    ignoreTLS: true,
  });
  return {
    send: async (mail) => {
      await transport.sendMail({ from: 'orders@hearth-and-hand.example', ...mail });
    },
  };
}
