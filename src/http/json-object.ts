import { type FastifyRequest } from 'fastify';
import { OAuthError } from '../common/oauth-error.js';

/** Longest string that a member may hold, in UTF-16 units, unless it says otherwise. */
const MAX_LENGTH = 2_048;
const MAX_ITEMS = 1_000;
/** NUL and half a surrogate pair, which Postgres can't store, and what stands for bytes that were not UTF-8. */
const UNSTORABLE = /[\0\uFFFD\p{Cs}]/u;

/** Makes an error of what is wrong, in words for the client. */
type Refusal = (problem: string) => OAuthError;

/**
 * A JSON object that a client sent, read strictly: a member that is there has its type or is refused.
 * Members that nobody asks for are ignored, as the standards want it.
 */
export class JsonObject {
  private constructor(
    private readonly members: Readonly<Record<string, unknown>>,
    private readonly path: string,
    private readonly refusal: Refusal,
  ) {}

  /**
   * @param refusal what is thrown for whatever is wrong with it, `invalid_request` unless told otherwise
   * @throws OAuthError for anything but an object
   */
  static of(
    value: unknown,
    path = '',
    refusal: Refusal = (problem) => OAuthError.invalidRequest(problem),
  ): JsonObject {
    if (!isPlainObject(value)) throw refusal(`${path || 'the body'} must be a JSON object`);
    return new JsonObject(value, path, refusal);
  }

  /** The same where `null` says that there is nothing. */
  withoutNulls(): JsonObject {
    const members = Object.entries(this.members).filter(([, value]) => value !== null);
    return new JsonObject(Object.fromEntries(members), this.path, this.refusal);
  }

  has(name: string): boolean {
    return Object.hasOwn(this.members, name);
  }

  /** The member as it came, to be compared with. */
  raw(name: string): unknown {
    return this.has(name) ? this.members[name] : undefined;
  }

  optionalString(name: string, maxLength = MAX_LENGTH): string | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    return isText(value, maxLength) ? value : this.refuse(name, `a string of up to ${maxLength} characters`);
  }

  /** Not empty. */
  string(name: string, maxLength = MAX_LENGTH): string {
    const value = this.optionalString(name, maxLength);
    return value === undefined || value === '' ? this.refuse(name, 'a string, and is missing') : value;
  }

  optionalStrings(name: string): readonly string[] | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    return isTexts(value) ? value : this.refuse(name, `an array of up to ${MAX_ITEMS} strings`);
  }

  optionalBoolean(name: string): boolean | undefined {
    const value = this.raw(name);
    return value === undefined || typeof value === 'boolean' ? value : this.refuse(name, 'true or false');
  }

  /** A whole number that is not negative. */
  optionalCount(name: string): number | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    const isCount = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
    return isCount ? value : this.refuse(name, 'a whole number that is not negative');
  }

  optionalObject(name: string): JsonObject | undefined {
    return this.has(name) ? this.object(name) : undefined;
  }

  object(name: string): JsonObject {
    return JsonObject.of(this.raw(name), this.pathOf(name), this.refusal);
  }

  /** The names of all members. */
  names(): readonly string[] {
    const names = Object.keys(this.members);
    if (names.length > MAX_ITEMS || !isTexts(names)) {
      throw this.refusal(`${this.path || 'the body'} has members that are malformed or too many`);
    }
    return names;
  }

  private refuse(name: string, expected: string): never {
    throw this.refusal(`${this.pathOf(name)} must be ${expected}`);
  }

  private pathOf(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }
}

/**
 * The body of a request that must be a JSON object.
 *
 * @throws OAuthError `invalid_request` for another content type or another value
 */
export function requireJson({ body, headers }: FastifyRequest, refusal?: Refusal): JsonObject {
  if (!/^application\/json *(;|$)/i.test(headers['content-type'] ?? ''))
    throw OAuthError.invalidRequest('the body must be application/json');
  return JsonObject.of(body, '', refusal);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function isText(value: unknown, maxLength = MAX_LENGTH): value is string {
  return typeof value === 'string' && value.length <= maxLength && !UNSTORABLE.test(value);
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.length <= MAX_ITEMS && value.every((item) => isText(item));
}
