import { applyDecorators, type Type as Class } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsISO8601,
  IsObject,
  IsRFC3339,
  IsString,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateIf,
  ValidateNested,
} from 'class-validator';

/** What a field is for, with an example; `optional` ones may be left out. */
export interface FieldOptions {
  readonly description: string;
  readonly example: unknown;
  readonly optional?: boolean;
  /** Whether `null` says that there is none. */
  readonly nullable?: boolean;
}

/** NUL and half a surrogate pair, which Postgres can't store, and what stands for bytes that were not UTF-8. */
const STORABLE = /^[^\0\uFFFD\p{Cs}]*$/u;
const MAX_LENGTH = 2_048;
const MAX_ITEMS = 1_000;

/** Unlike class-validator's own, it lets no `null` pass but where that is a value. */
const MayBeAbsent = ({ optional = false, nullable = false }: Partial<FieldOptions>) =>
  ValidateIf(
    (_object, value: unknown) => !(optional && value === undefined) && !(nullable && value === null),
  );

function field(
  options: FieldOptions,
  api: ApiPropertyOptions,
  ...checks: PropertyDecorator[]
): PropertyDecorator {
  const { description, example, optional = false, nullable = false } = options;
  const property = { ...api, description, example, required: !optional } as ApiPropertyOptions;
  const conditions = optional || nullable ? [MayBeAbsent(options)] : [];
  return applyDecorators(ApiProperty(property), ...conditions, ...checks);
}

/** Text, 1 to `max` characters unless `min` says otherwise. */
export function TextField(
  options: FieldOptions & { readonly min?: number; readonly max?: number; readonly format?: string },
): PropertyDecorator {
  const { min = 1, max = MAX_LENGTH, format, nullable = false } = options;
  const bounds = { minLength: min, maxLength: max, ...(format && { format }) };
  return field(
    options,
    nullable ? { oneOf: [{ type: 'string', ...bounds }, { type: 'null' }] } : { type: String, ...bounds },
    MinLength(min, { message: `must have ${min} characters at least` }),
    MaxLength(max, { message: `must have ${max} characters at most` }),
    Matches(STORABLE, { message: 'must be well-formed text without NUL' }),
    IsString({ message: 'must be a string' }),
  );
}

export function TextListField(options: FieldOptions & { readonly max?: number }): PropertyDecorator {
  const { max = MAX_LENGTH } = options;
  return field(
    options,
    { type: [String] },
    MaxLength(max, { each: true, message: `must each have ${max} characters at most` }),
    MinLength(1, { each: true, message: 'must not be empty' }),
    Matches(STORABLE, { each: true, message: 'must each be well-formed text without NUL' }),
    IsString({ each: true, message: 'must be an array of strings' }),
    ArrayUnique({ message: 'must not repeat' }),
    ArrayMaxSize(MAX_ITEMS, { message: `must be ${MAX_ITEMS} at most` }),
    IsArray({ message: 'must be an array of strings' }),
  );
}

export function WholeNumberField(options: FieldOptions & { readonly min: number; readonly max: number }) {
  const { min, max } = options;
  return field(
    options,
    { type: 'integer', minimum: min, maximum: max },
    Max(max, { message: `must be ${max} at most` }),
    Min(min, { message: `must be ${min} at least` }),
    IsInt({ message: 'must be a whole number' }),
  );
}

export function BooleanField(options: FieldOptions): PropertyDecorator {
  return field(options, { type: Boolean }, IsBoolean({ message: 'must be true or false' }));
}

export function ChoiceField(options: FieldOptions & { readonly of: readonly string[] }): PropertyDecorator {
  const message = `must be one of ${options.of.join(', ')}`;
  return field(options, { type: String, enum: [...options.of] }, IsIn(options.of, { message }));
}

export function ChoiceListField(
  options: FieldOptions & { readonly of: readonly string[] },
): PropertyDecorator {
  const { of } = options;
  return field(
    options,
    { type: 'array', items: { type: 'string', enum: [...of] } },
    IsIn(of, { each: true, message: `must each be one of ${of.join(', ')}` }),
    ArrayUnique({ message: 'must not repeat' }),
    IsArray({ message: 'must be an array of strings' }),
  );
}

export function UuidField(options: FieldOptions): PropertyDecorator {
  return field(options, { type: String, format: 'uuid' }, IsUUID('all', { message: 'must be a UUID' }));
}

/** A time as RFC 3339 has it. */
export function TimeField(options: FieldOptions): PropertyDecorator {
  const message = 'must be a time of RFC 3339';
  // Weeks, days and times of no zone are ISO 8601's, and there is no 30 February.
  const checks = [IsISO8601({ strict: true, strictSeparator: true }, { message }), IsRFC3339({ message })];
  return field(options, { type: String, format: 'date-time' }, ...checks);
}

/** An object whose members are nobody's business here. */
export function FreeObjectField(options: FieldOptions): PropertyDecorator {
  const check = IsObject({ message: 'must be an object' });
  return field(options, { type: 'object', additionalProperties: true }, check);
}

/** An object with a class of its own. */
export function ObjectField(
  type: () => Class<object>,
  options: Omit<FieldOptions, 'example'>,
): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: () => type(), description: options.description, required: !options.optional }),
    ...(options.optional ? [MayBeAbsent(options)] : []),
    IsObject({ message: 'must be an object' }),
    ValidateNested(),
    Type(type),
  );
}

/** Objects with a class of their own. Of answers only: nothing is checked. */
export function ObjectListField(type: () => Class<object>, options: Omit<FieldOptions, 'example'>) {
  return ApiProperty({
    type: () => type(),
    isArray: true,
    description: options.description,
    required: !options.optional,
  });
}

/** How many entries a page has; as text in the query. */
export function LimitField(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => (/^\d{1,4}$/.test(String(value)) ? Number(value) : value)),
    WholeNumberField({ description: 'Entries on a page.', example: 50, optional: true, min: 1, max: 1_000 }),
  );
}
