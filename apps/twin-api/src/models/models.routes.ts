import { Controller, Get, Param, Query } from '@nestjs/common';
import type { z } from 'zod';
import { ListQuery } from '#libs/contracts';
import { cardOf, MODEL_CARDS } from '#libs/domain/models';
import type { ModelCard } from '#libs/domain/forecasting';
import { DISCLAIMER } from '#libs/domain/twin';
import { RequireScope } from '#libs/platform/auth';
import { notFound, OF_ALL, pageOfWhole } from '#libs/platform/http';

/** `/v1/models`: what forecasts and simulates, and what it was measured to be worth. The same for every tenant. */
@Controller('v1/models')
@RequireScope('forecasts.read')
export class ModelRoutes {
  @Get()
  models(@Query({ schema: ListQuery }) page: z.output<typeof ListQuery>): object {
    const { items, next } = pageOfWhole({ list: 'models', tenant: OF_ALL }, MODEL_CARDS, ({ id }) => id, page);
    return { items: items.map(answerOf), ...(next === undefined ? {} : { next }) };
  }

  @Get(':id')
  model(@Param('id') id: string): object {
    const card = cardOf(id);
    if (card === undefined) throw notFound('the model');
    return answerOf(card);
  }
}

function answerOf(card: ModelCard): object {
  return { ...card, disclaimer: DISCLAIMER };
}
