import { OPERATION_ROUTES } from './operation-routes.js';
import { ACCESS_ROUTES } from './access-routes.js';
import { FHIR_ROUTES } from './fhir/fhir-routes.js';
import { SAMPLES_ROUTES } from './samples-routes.js';
import { TWINS_ROUTES } from './twins-routes.js';
import { MODELS_ROUTES } from './models/models-routes.js';
import { FORECASTS_ROUTES } from './models/forecasts-routes.js';
import { THRESHOLDS_ROUTES } from './thresholds-routes.js';
import { CHARTS_ROUTES } from './charts-routes.js';
import { ALERTS_ROUTES } from './alerts-routes.js';
import { CLIENTS_ROUTES } from './clients-routes.js';
import { SESSION_ROUTES } from './session-routes.js';
import { SETTINGS_ROUTES } from './settings-routes.js';
import { WEBHOOKS_ROUTES } from './webhooks-routes.js';
import { WHAT_IF_ROUTES } from './models/what-if-routes.js';
import type { RouteDoc } from './route-doc.js';

/** Every route of every app; a test compares it with the routes the apps really have. */
export const ROUTES: readonly RouteDoc[] = [
  ...OPERATION_ROUTES,
  ...ACCESS_ROUTES,
  ...FHIR_ROUTES,
  ...SAMPLES_ROUTES,
  ...TWINS_ROUTES,
  ...CHARTS_ROUTES,
  ...MODELS_ROUTES,
  ...FORECASTS_ROUTES,
  ...THRESHOLDS_ROUTES,
  ...ALERTS_ROUTES,
  ...WHAT_IF_ROUTES,
  ...WEBHOOKS_ROUTES,
  ...CLIENTS_ROUTES,
  ...SETTINGS_ROUTES,
  ...SESSION_ROUTES,
];
