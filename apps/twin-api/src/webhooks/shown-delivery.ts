import type { z } from 'zod';
import type { DeliveryListSchema } from '#libs/contracts';
import type { Attempt, Delivery } from '#libs/platform/delivery';
import { iso } from '../wire.js';

/** A message on its way to an endpoint as answers show it; not what it says. */
export function shownDelivery(
  delivery: Delivery,
  attempts: readonly Attempt[],
): z.input<typeof DeliveryListSchema>['items'][number] {
  return {
    message: delivery.message,
    type: delivery.type,
    ...(delivery.episode === null ? {} : { episode: delivery.episode }),
    status: delivery.status,
    attempts: attempts.map(({ attempt, at, milliseconds, status, error }) => ({
      attempt,
      at: iso(at),
      milliseconds,
      ...(status === null ? {} : { status }),
      ...(error === null ? {} : { error }),
    })),
    createdAt: iso(delivery.createdAt),
    ...(delivery.status === 'pending' ? { nextAttemptAt: iso(delivery.nextAttemptAt) } : {}),
    ...(delivery.finishedAt === null ? {} : { finishedAt: iso(delivery.finishedAt) }),
  };
}
