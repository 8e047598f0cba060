import { applyDecorators } from '@nestjs/common';
import { ArrayMinSize, IsIn, Matches, ValidateBy } from 'class-validator';
import { ScopeSet } from '../../common/scope-set.js';
import { isSecureUrl } from '../../common/secure-url.js';
import { type FieldOptions, TextField, TextListField } from '../http/fields.js';

const LABEL = '[\\da-z]([\\da-z-]{0,61}[\\da-z])?';
const HOST = new RegExp(`^((\\*\\.)?${LABEL}(\\.${LABEL})*|\\[[\\da-f:.]+\\])$`);
/** Without escapes, `;` and `\`, which servers read in different ways, and without dot segments. */
const PATH = /^(?!.*\/\.{1,2}(\/|$))(\/[\w.~!$&'()*+,=:@-]+)*\/?$/;
const METHOD = /^[A-Z]{1,20}$/;
const HEADER = /^[A-Za-z\d][\w-]{0,99}$/;
const TOKEN_HEADER = /^[A-Za-z\d][\w-]{0,99}(:[A-Za-z]{1,20})?$/;
const PARAMETER = /^[A-Za-z][\w-]{0,63}$/;
/** Headers of the connection, the message and the browser: a token in one of them would change what it means. */
const TAKEN =
  /^(connection|content-.*|cookie|date|expect|forwarded|host|keep-alive|location|proxy-.*|set-cookie|te|trailer|transfer-encoding|upgrade|via|x-forwarded-.*)$/;

export function HostListField(options: FieldOptions): PropertyDecorator {
  const message = 'must each be a host name in lower case without port, or *. before one';
  return applyDecorators(Matches(HOST, { each: true, message }), TextListField({ ...options, max: 255 }));
}

export function PathListField(options: FieldOptions): PropertyDecorator {
  const message = 'must each be a path that begins with /, without dot segments, escapes and ;';
  return applyDecorators(
    Matches(PATH, { each: true, message }),
    ArrayMinSize(1, { message: 'must be one at least' }),
    TextListField(options),
  );
}

export function MethodListField(options: FieldOptions): PropertyDecorator {
  const message = 'must each be a method in upper case';
  return applyDecorators(Matches(METHOD, { each: true, message }), TextListField(options));
}

export function ChoiceListField(options: FieldOptions & { readonly of: readonly string[] }) {
  const message = `must each be one of ${options.of.join(', ')}`;
  return applyDecorators(
    IsIn(options.of, { each: true, message }),
    ArrayMinSize(1, { message: 'must be one at least' }),
    TextListField(options),
  );
}

export function ScopeListField(options: FieldOptions): PropertyDecorator {
  const isScope = (value: unknown) => typeof value === 'string' && ScopeSet.isScopeToken(value);
  return applyDecorators(
    Check('isScope', 'must each be a scope', isScope, true),
    TextListField({ ...options, max: 255 }),
  );
}

/** The name of a request's parameter, which is a header's too. */
export function ParameterField(options: FieldOptions): PropertyDecorator {
  const message = 'must be a name of letters, digits, - and _ that no header of HTTP has';
  const isName = (value: unknown) =>
    typeof value === 'string' && PARAMETER.test(value) && !isTaken(value) && !/^authorization$/i.test(value);
  return applyDecorators(Check('isParameter', message, isName), TextField(options));
}

/** A header for a token as Kong names it, or `null` for none. */
export function TokenHeaderField(options: FieldOptions): PropertyDecorator {
  const message = "must be a header's name, perhaps with :scheme, that is not one of HTTP's own";
  const isHeader = (value: unknown) =>
    typeof value === 'string' && TOKEN_HEADER.test(value) && !isTaken(value.replace(/:.*$/, ''));
  return applyDecorators(
    Check('isTokenHeader', message, isHeader),
    TextField({ ...options, nullable: true }),
  );
}

export function UpstreamUrlField(options: FieldOptions): PropertyDecorator {
  const message = 'must be an http or https URL without user, password, query and fragment';
  return applyDecorators(
    Check('isUpstreamUrl', message, isUpstreamUrl),
    TextField({ ...options, format: 'uri' }),
  );
}

export function IssuerField(options: FieldOptions): PropertyDecorator {
  const message = 'must be an https URL (http on loopback only) without user, password, query and fragment';
  const isIssuer = (value: unknown) => typeof value === 'string' && isSecureUrl(value) && !/[?#]/.test(value);
  return applyDecorators(
    Check('isIssuer', message, isIssuer),
    TextField({ ...options, nullable: true, format: 'uri' }),
  );
}

function Check(name: string, message: string, validate: (value: unknown) => boolean, each = false) {
  return ValidateBy({ name, validator: { validate } }, { message, each });
}

function isTaken(header: string): boolean {
  return !HEADER.test(header) || TAKEN.test(header.toLowerCase().replaceAll('_', '-'));
}

function isUpstreamUrl(value: unknown): boolean {
  if (typeof value !== 'string' || !/^https?:\/\/[\x21-\x7E]+$/i.test(value) || !URL.canParse(value))
    return false;
  const { username, password } = new URL(value);
  return username === '' && password === '' && !/[?#\\"<>^`{|}]/.test(value);
}
