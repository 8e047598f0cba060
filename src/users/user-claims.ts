import { isURL } from 'class-validator';
import { fieldPart, type FieldProblem } from './field-problem.js';

type Rule = readonly [isSound: (value: unknown) => boolean, expected: string];

const TEXT: Rule = [isText, 'must be a string of 1 to 1024 characters'];
const URL_TEXT: Rule = [
  (value) =>
    isText(value) &&
    isURL(value, { protocols: ['http', 'https'], require_protocol: true, require_tld: false }),
  'must be an http or https URL',
];
const FLAG: Rule = [(value) => typeof value === 'boolean', 'must be true or false'];

const ADDRESS_MEMBERS = ['formatted', 'street_address', 'locality', 'region', 'postal_code', 'country'];

/** The standard claims of OpenID Connect Core §5.1 that a user's record fills. */
const STANDARD: Readonly<Record<string, Rule>> = {
  name: TEXT,
  given_name: TEXT,
  family_name: TEXT,
  middle_name: TEXT,
  nickname: TEXT,
  preferred_username: TEXT,
  profile: URL_TEXT,
  picture: URL_TEXT,
  website: URL_TEXT,
  email_verified: FLAG,
  gender: TEXT,
  birthdate: [isBirthdate, 'must be YYYY-MM-DD, 0000-MM-DD or YYYY'],
  zoneinfo: [isTimeZone, 'must be a time zone such as Europe/Paris'],
  locale: [isLocale, 'must be a language tag such as en-US'],
  phone_number: TEXT,
  phone_number_verified: FLAG,
  address: [isAddress, `must be an object with some of ${ADDRESS_MEMBERS.join(', ')}, each a string`],
};

/** What this service itself says in a token, of a user or of the token: no claim of a record may say it. */
const RESERVED = new Set(
  (
    'sub email updated_at iss aud exp nbf iat jti azp nonce auth_time acr amr at_hash c_hash s_hash sid ' +
    'client_id scope cnf act may_act active token_type username sub_id events txn __proto__'
  ).split(' '),
);

/** All but their other names. */
const USUAL_TIME_ZONES = new Set(Intl.supportedValuesOf('timeZone'));

const CLAIM_NAME = /^[\x21-\x7E]{1,128}$/;
/** Of the claims as JSON, in characters: they travel in every ID token. */
const MAX_SIZE = 8_192;
const MAX_TEXT = 1_024;
/** Neither can be stored as JSON in Postgres. */
const UNSTORABLE = /\0|\p{Surrogate}/u;

/** Every rule that claims break: standard ones have their types, others any JSON but `null`. */
export function claimsProblems(claims: unknown): FieldProblem[] {
  if (!isObject(claims)) return [{ field: 'claims', problem: 'must be an object' }];
  if (JSON.stringify(claims).length > MAX_SIZE) {
    return [{ field: 'claims', problem: `must have at most ${MAX_SIZE} characters of JSON` }];
  }
  if (!isStorable(claims)) {
    return [{ field: 'claims', problem: 'must be well-formed Unicode without NUL' }];
  }
  return Object.entries(claims).flatMap(([name, value]) => {
    const problem = problemOf(name, value);
    return problem === undefined ? [] : [{ field: `claims/${fieldPart(name)}`, problem }];
  });
}

function problemOf(name: string, value: unknown): string | undefined {
  if (!CLAIM_NAME.test(name)) return 'must have a name of 1 to 128 ASCII characters without space';
  if (RESERVED.has(name)) return 'is a claim of the server';
  if (value === null) return 'must not be null';
  const rule = Object.hasOwn(STANDARD, name) ? STANDARD[name] : undefined;
  if (!rule) return undefined;
  const [isSound, expected] = rule;
  return isSound(value) ? undefined : expected;
}

function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return !UNSTORABLE.test(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, member]) => !UNSTORABLE.test(name) && isStorable(member));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length >= 1 && value.length <= MAX_TEXT;
}

function isAddress(value: unknown): boolean {
  return (
    isObject(value) &&
    Object.entries(value).every(([name, part]) => ADDRESS_MEMBERS.includes(name) && isText(part))
  );
}

function isBirthdate(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  if (/^\d{4}$/.test(value)) return true;
  // A year that is not told, 0000, is a leap year.
  const date = /^\d{4}-\d\d-\d\d$/.test(value) ? new Date(value) : undefined;
  return date !== undefined && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value);
}

function isTimeZone(value: unknown): boolean {
  return isText(value) && (USUAL_TIME_ZONES.has(value) || !throws(() => formatIn(value)));
}

/** @throws RangeError for no time zone; takes a while, which counts where users are imported */
function formatIn(timeZone: string): unknown {
  return new Intl.DateTimeFormat('en', { timeZone });
}

/** Some have `_` for `-`, and the specification asks for leniency. */
function isLocale(value: unknown): boolean {
  return isText(value) && !throws(() => Intl.getCanonicalLocales(value.replaceAll('_', '-')));
}

function throws(attempt: () => unknown): boolean {
  try {
    attempt();
    return false;
  } catch {
    return true;
  }
}
