import { Injectable } from '@nestjs/common';
import { type Services } from './services.js';

/** The rooms that the servers are made of, in this process and for one piece of work. */
@Injectable()
export class Rooms {
  /**
   * Connects, works, and lets go. All that is behind it is loaded only now, so that help and wrong usage cost
   * nothing of it.
   */
  async use<Result>(work: (services: Services) => Promise<Result>): Promise<Result> {
    const { openRooms } = await import('./open-rooms.js');
    const rooms = await openRooms();
    try {
      return await work(rooms.services);
    } finally {
      await rooms.close();
    }
  }
}
