import { describe, expect, it } from '@jest/globals';
import { FormParameters, MAX_PARAMETER_BYTES } from './form-parameters.js';

const parse = (body: string | Buffer) => FormParameters.parse(Buffer.from(body as string));
const invalidRequest = expect.objectContaining({ status: 400, error: 'invalid_request' });

describe('FormParameters.parse', () => {
  it.each([
    ['a plain pair', 'scope=read', 'read'],
    ['a plus as a space', 'scope=read+write', 'read write'],
    ['percent-encoding', 'scope=%C3%A4%2B%26%3D', 'ä+&='],
    ['an equals sign in the value', 'scope=a=b=', 'a=b='],
    ['a percent-encoded name', 's%63ope=read', 'read'],
    ['raw UTF-8 bytes', Buffer.from('scope=ä€😀'), 'ä€😀'],
    ['stray ampersands', '&&scope=read&', 'read'],
  ])('reads %s', (_case, body, value) => {
    expect(parse(body).required('scope')).toBe(value);
  });

  it.each([
    ['a lone percent sign', 'a=%'],
    ['a broken escape', 'a=%4'],
    ['an escape that is not hexadecimal', 'a=%zz'],
    ['escaped bytes that are not UTF-8', 'a=%ff'],
    ['an overlong escape of a slash', 'a=%c0%af'],
    ['an escaped surrogate', 'a=%ed%a0%80'],
    ['raw bytes that are not UTF-8', Buffer.from([0x61, 0x3d, 0xe4])],
    ['an escaped NUL', 'a=b%00c'],
    ['a raw NUL', Buffer.from('a=b\0c')],
    ['a NUL in a name', 'a%00=b'],
    ['a broken name', '%=b'],
  ])('refuses %s', (_case, body) => {
    expect(() => parse(body)).toThrow(invalidRequest);
  });

  it('takes a parameter of 8 KiB and refuses a longer one', () => {
    const longest = `a=${'x'.repeat(MAX_PARAMETER_BYTES - 2)}`;
    expect(parse(longest).required('a')).toHaveLength(MAX_PARAMETER_BYTES - 2);
    expect(() => parse(`${longest}x`)).toThrow(invalidRequest);
  });
});

describe('FormParameters', () => {
  it.each(['', 'scope', 'scope=', 'other=1'])('takes scope for absent in "%s" (A1)', (body) => {
    expect(parse(body).optional('scope')).toBeUndefined();
    expect(() => parse(body).required('scope')).toThrow(invalidRequest);
  });

  it('takes an empty value beside a full one for absent (A1)', () => {
    expect(parse('scope=&scope=read').required('scope')).toBe('read');
  });

  it('refuses a repeated parameter, even with the same value (A1)', () => {
    expect(() => parse('scope=read&scope=read').optional('scope')).toThrow(invalidRequest);
    expect(() => parse('scope=read&s%63ope=write').optional('scope')).toThrow(invalidRequest);
  });

  it('lists every value of a repeatable parameter, in order', () => {
    expect(parse('resource=b&resource=&resource=a').all('resource')).toEqual(['b', 'a']);
    expect(parse('').all('resource')).toEqual([]);
  });

  it('refuses any repeated parameter, an unknown one too, but for those that may be (A1)', () => {
    const form = parse('resource=a&resource=b&x=1');
    expect(() => {
      form.rejectRepeated(['resource']);
    }).not.toThrow();
    expect(() => {
      form.rejectRepeated();
    }).toThrow(invalidRequest);
    expect(() => {
      parse('x=1&x=2').rejectRepeated(['resource']);
    }).toThrow(invalidRequest);
  });

  it('does not take the names of Object.prototype for parameters', () => {
    expect(parse('').optional('constructor')).toBeUndefined();
    expect(parse('__proto__=1').required('__proto__')).toBe('1');
  });
});
