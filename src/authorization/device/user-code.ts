import { type RandomSource } from '../../common/random-source.js';

/** No vowels, so that no words come about, and nothing that looks like something else (RFC 8628 §6.1). */
const ALPHABET = 'BCDFGHJKLMNPQRSTVWXZ';
const LENGTH = 8;
const CODE = new RegExp(`^[${ALPHABET}]{${LENGTH}}$`);
const GROUP = 4;
/** A byte from here on would make some letters likelier than others. */
const FAIR_BYTES = 256 - (256 % ALPHABET.length);

/** A code that people can type: 8 of 20 letters, 34 bits. */
export function newUserCode(random: RandomSource): string {
  const letters: string[] = [];
  while (letters.length < LENGTH) {
    const [byte = FAIR_BYTES] = random.bytes(1);
    if (byte < FAIR_BYTES) letters.push(ALPHABET.charAt(byte % ALPHABET.length));
  }
  return letters.join('');
}

/** As shown: `WDJB-MJHT`. */
export function formatUserCode(code: string): string {
  return `${code.slice(0, GROUP)}-${code.slice(GROUP)}`;
}

/**
 * What somebody typed, in whatever case and with whatever between the letters.
 *
 * @returns `undefined` when it can't be a code
 */
export function parseUserCode(typed: string): string | undefined {
  const letters = typed.toUpperCase().replace(/[^A-Z0-9]/g, '');
  return CODE.test(letters) ? letters : undefined;
}
