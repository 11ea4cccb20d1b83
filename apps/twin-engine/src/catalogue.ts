import { FORECASTERS } from '#libs/domain/models';
import { PACKS } from '#libs/domain/packs';
import { catalogueOf } from '#libs/domain/twin';

/** What the twins are evaluated with: all packs and all models. */
export const CATALOGUE = catalogueOf(PACKS, FORECASTERS);
