/** Longest header that is read; browsers send a few dozen characters. */
const MAX_LENGTH = 500;

/** The language tags of an `Accept-Language` header, the most wanted first (RFC 9110 §12.5.4). */
export function acceptedLanguages(header: string): string[] {
  return header
    .slice(0, MAX_LENGTH)
    .split(',')
    .map(readRange)
    .filter(({ weight }) => weight > 0)
    .sort((left, right) => right.weight - left.weight)
    .map(({ tag }) => tag);
}

function readRange(range: string): { tag: string; weight: number } {
  const [tag = '', ...parameters] = range.split(';').map((part) => part.trim());
  const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice('q='.length) ?? '1';
  return { tag, weight: Number(weight) || 0 };
}
