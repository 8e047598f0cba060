/**
 * The text form of an array whose members need no quotes: numbers, booleans and UUIDs of our own. As `pg` would write it,
 * but without looking in each for what has to be escaped: nothing that a client chose may be among them.
 */
export function plainArray(values: readonly (number | boolean | string)[]): string {
  return `{${values.join(',')}}`;
}
