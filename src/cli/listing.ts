import { Injectable } from '@nestjs/common';
import { Option } from 'nest-commander';
import { type Page } from '../management/http/page.js';
import { type CommonOptions, OperatorCommand } from './operator-command.js';
import { wholeNumber } from './option-values.js';
import { Output } from './terminal/output.js';
import { type Columns, table } from './terminal/table.js';

/** What every list takes. */
export interface ListOptions extends CommonOptions {
  readonly limit?: number;
  readonly cursor?: string;
}

/** A command that lists something, a page at a time. */
export abstract class ListCommand extends OperatorCommand {
  @Option({ flags: '--limit <number>', description: 'entries at the most, 1 to 1000; 50 unless given' })
  takeLimit(value: string): number {
    return wholeNumber(value);
  }

  @Option({ flags: '--cursor <cursor>', description: 'go on after a page before, which told its cursor' })
  takeCursor(value: string): string {
    return value;
  }
}

/** Which page is wanted. */
export function pageOf({ limit, cursor }: ListOptions): Pick<ListOptions, 'limit' | 'cursor'> {
  return { limit, cursor };
}

/** Shows a page. */
@Injectable()
export class Listing {
  constructor(private readonly output: Output) {}

  show<Item extends object>(page: Page<Item>, options: ListOptions, columns: Columns<Item>): void {
    this.output.answer(page, options, () => table(page.items, columns));
    if (page.next_cursor !== undefined && !options.json)
      this.output.note(`there are more: --cursor ${page.next_cursor}`);
  }
}
