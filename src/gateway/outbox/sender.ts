/** @module How a mail leaves: by SMTP or into a folder. What became of it is a value, whatever happened on the way. */

/** A mail and its envelope. */
export interface Letter {
  /** Short and unique: names the file in a folder. */
  readonly id: string;
  /** Header and text, lines ended by \n. */
  readonly raw: string;
  /** The sender on the envelope. */
  readonly from: string;
  readonly to: readonly string[];
  /** Goes to mail servers alone, and comes back with bounces (RFC 3461, ENVID). */
  readonly envelopeId?: string;
}

/** A recipient that was not taken, and why. */
export interface Turned {
  readonly to: string;
  readonly why: string;
}

/**
 * `sent`: it was taken, but for recipients that were refused for good or are to be tried again. `later`: not taken, and may be
 * tried again. `refused`: not taken, for good. `unsure`: it may have been taken; never to be sent again by a program.
 */
export type SendOutcome =
  | { readonly kind: 'sent'; readonly answer: string; readonly refused: readonly Turned[]; readonly later: readonly Turned[] }
  | { readonly kind: 'later' | 'refused' | 'unsure'; readonly why: string };

/** Sends one mail; never rejects. */
export interface Sender {
  /** Where mails go, for messages. */
  readonly where: string;
  send(letter: Letter): Promise<SendOutcome>;
}
