import type { RouteDoc } from '../route-doc.js';
import { CONDITIONAL_ROUTES, RESOURCE_ROUTES } from './resource-routes.js';
import { SEARCH_ROUTES } from './search-routes.js';

export const FHIR_ROUTES: readonly RouteDoc[] = [...RESOURCE_ROUTES, ...SEARCH_ROUTES, ...CONDITIONAL_ROUTES];
