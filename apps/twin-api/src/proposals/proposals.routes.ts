import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Post, Put } from '@nestjs/common';
import type { z } from 'zod';
import { DecideRequest, OverrideRequest, ProposalRequest, PutTherapyRequest } from '#libs/contracts';
import { Caller, RequireScope, type Access } from '#libs/platform/auth';
import { idempotencyKeyOf } from '../acts/idempotency-key.js';
import type { ActCall } from '../acts/record-act.js';
import { patientId, uuidOf } from '../wire.js';
import { Decisions, type Asked } from './decisions.js';
import { Proposals } from './proposals.js';
import { ShownProposals } from './shown-proposals.js';
import type { Decision } from './stored-proposal.js';
import { Therapies } from './therapies.js';

const MAY_BE_EMPTY = DecideRequest.prefault({});

/** Therapy settings, proposals, and what people decide on them. */
@Controller('v1')
export class ProposalRoutes {
  constructor(
    @Inject(Therapies) private readonly therapies: Therapies,
    @Inject(Proposals) private readonly proposals: Proposals,
    @Inject(Decisions) private readonly decisions: Decisions,
    @Inject(ShownProposals) private readonly shown: ShownProposals,
  ) {}

  @Get('twins/:patient/therapy')
  @RequireScope('proposals.write', 'thresholds.read')
  therapy(@Caller() caller: Access, @Param('patient') patient: string): Promise<object> {
    return this.therapies.get(caller.tenant.key, patientId(patient));
  }

  @Put('twins/:patient/therapy')
  @HttpCode(202)
  @RequireScope('proposals.write')
  setTherapy(
    @Caller() caller: Access,
    @Param('patient') patient: string,
    @Headers('idempotency-key') key: string | undefined,
    @Body({ schema: PutTherapyRequest }) request: z.output<typeof PutTherapyRequest>,
  ): Promise<object> {
    return this.therapies.set(callOf(caller, key, request), patientId(patient), request);
  }

  @Post('twins/:patient/proposals')
  @HttpCode(201)
  @RequireScope('proposals.write')
  propose(
    @Caller() caller: Access,
    @Param('patient') patient: string,
    @Headers('idempotency-key') key: string | undefined,
    @Body({ schema: ProposalRequest }) request: z.output<typeof ProposalRequest>,
  ): Promise<object> {
    return this.proposals.make(callOf(caller, key, request), patientId(patient), request);
  }

  @Get('proposals/:id')
  @RequireScope('proposals.write', 'forecasts.read')
  get(@Caller() caller: Access, @Param('id') id: string): Promise<object> {
    return this.shown.get(caller.tenant.key, uuidOf(id, 'the proposal'));
  }

  @Post('proposals/:id/accept')
  @HttpCode(202)
  @RequireScope('proposals.write')
  accept(
    @Caller() caller: Access,
    @Param('id') id: string,
    @Headers('idempotency-key') key: string | undefined,
    @Body({ schema: MAY_BE_EMPTY }) request: z.output<typeof DecideRequest>,
  ): Promise<object> {
    return this.decide(caller, key, id, 'accepted', request);
  }

  @Post('proposals/:id/reject')
  @HttpCode(202)
  @RequireScope('proposals.write')
  reject(
    @Caller() caller: Access,
    @Param('id') id: string,
    @Headers('idempotency-key') key: string | undefined,
    @Body({ schema: MAY_BE_EMPTY }) request: z.output<typeof DecideRequest>,
  ): Promise<object> {
    return this.decide(caller, key, id, 'rejected', request);
  }

  @Post('proposals/:id/override')
  @HttpCode(202)
  @RequireScope('proposals.write')
  override(
    @Caller() caller: Access,
    @Param('id') id: string,
    @Headers('idempotency-key') key: string | undefined,
    @Body({ schema: OverrideRequest }) request: z.output<typeof OverrideRequest>,
  ): Promise<object> {
    return this.decide(caller, key, id, 'overridden', request);
  }

  private decide(
    caller: Access,
    key: string | undefined,
    id: string,
    status: Decision['status'],
    request: Asked,
  ): Promise<object> {
    return this.decisions.decide(callOf(caller, key, request), uuidOf(id, 'the proposal'), status, request);
  }
}

function callOf(
  access: Access,
  key: string | undefined,
  { onBehalfOf }: { readonly onBehalfOf?: string | undefined },
): ActCall {
  return { access, onBehalfOf, idempotencyKey: idempotencyKeyOf(key) };
}
