import { type ArgumentMetadata, Injectable, type PipeTransform, type Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { ProblemError, type Violation } from '../../http/problem.js';

const NOT_CHECKED = new Set<unknown>([Object, String, Number, Boolean, Array, undefined]);

/** Makes a body or a query an instance of its class, or says everything that is wrong with it. */
@Injectable()
export class DocumentPipe implements PipeTransform {
  transform(value: unknown, { metatype, type }: ArgumentMetadata): unknown {
    if (NOT_CHECKED.has(metatype) || type === 'param') return value;
    if (typeof value !== 'object' || value === null) return value;
    return parseDocument(metatype as Type<object>, value, type === 'query' ? '' : '#/');
  }
}

/**
 * An instance of the class whose members all are as its decorators have it; members that it does not have
 * are refused, because they are slips.
 *
 * @param root what a pointer begins with
 * @throws ProblemError 422 with every violation
 */
export function parseDocument<T extends object>(type: Type<T>, value: object, root = '#/'): T {
  const document = plainToInstance(type, value, { exposeUnsetFields: false });
  const violations = validateSync(document, { whitelist: true, forbidNonWhitelisted: true }).flatMap(
    (error) => violationsOf(error, root),
  );
  if (violations.length > 0) throw ProblemError.validation(violations);
  return document;
}

function violationsOf(
  { property, constraints = {}, children = [] }: ValidationError,
  root: string,
): Violation[] {
  const pointer = `${root}${property.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const own = Object.entries(constraints).map(([constraint, message]) => ({
    pointer,
    detail: constraint === 'whitelistValidation' ? 'is not known here' : message.replace(`${property} `, ''),
  }));
  // One sentence is enough where a value is of the wrong kind altogether.
  return [...own.slice(0, 1), ...children.flatMap((child) => violationsOf(child, `${pointer}/`))];
}
