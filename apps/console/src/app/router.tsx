import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type RouteComponent,
} from '@tanstack/react-router';
import { inboxSearch } from '../pages/alerts/inbox-search.js';
import { strings } from '../strings/strings.js';
import { Failed } from './failed.js';
import { NoPage } from './no-page.js';
import { mayOpen, PAGES, PATIENT_ROLES, type Page } from './page-access.js';
import { useSession, type Role } from './session.js';
import { Shell } from './shell.js';
import { SignedInPage } from './signed-in.js';

/** A page for those whose role opens it; the API refuses its data to others all the same. */
function forRoles(needed: readonly Role[], PageShown: RouteComponent): RouteComponent {
  const Guarded: RouteComponent = () => {
    const roles = useSession().signedIn?.roles ?? [];
    return mayOpen(roles, needed) ? (
      <PageShown />
    ) : (
      <NoPage title={strings.shell.noAccess} reason={strings.shell.notForRole} />
    );
  };
  // The router loads a page's file by this before it shows the page.
  return PageShown.preload === undefined ? Guarded : Object.assign(Guarded, { preload: PageShown.preload });
}

const rolesOf = (path: Page['path']): readonly Role[] => PAGES.find((page) => page.path === path)?.roles ?? [];

const root = createRootRoute({
  component: Shell,
  errorComponent: Failed,
  notFoundComponent: () => <NoPage title={strings.shell.notFoundTitle} reason={strings.shell.notFound} />,
});

const ward = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: forRoles(
    rolesOf('/'),
    lazyRouteComponent(() => import('../pages/ward/ward.js'), 'WardPage'),
  ),
});
const patient = createRoute({
  getParentRoute: () => root,
  path: '/patients/$patient',
  component: forRoles(
    PATIENT_ROLES,
    lazyRouteComponent(() => import('../pages/patient/patient.js'), 'PatientPage'),
  ),
});
const alerts = createRoute({
  getParentRoute: () => root,
  path: '/alerts',
  validateSearch: inboxSearch,
  component: forRoles(
    rolesOf('/alerts'),
    lazyRouteComponent(() => import('../pages/alerts/alerts.js'), 'AlertsPage'),
  ),
});
const alarmQuality = createRoute({
  getParentRoute: () => root,
  path: '/alarm-quality',
  component: forRoles(
    rolesOf('/alarm-quality'),
    lazyRouteComponent(() => import('../pages/alarm-quality/alarm-quality.js'), 'AlarmQualityPage'),
  ),
});
const forecasts = createRoute({
  getParentRoute: () => root,
  path: '/forecasts',
  component: forRoles(
    rolesOf('/forecasts'),
    lazyRouteComponent(() => import('../pages/forecasts/forecasts.js'), 'ForecastsPage'),
  ),
});
const operations = createRoute({
  getParentRoute: () => root,
  path: '/operations',
  component: forRoles(
    rolesOf('/operations'),
    lazyRouteComponent(() => import('../pages/operations/operations.js'), 'OperationsPage'),
  ),
});
const signedIn = createRoute({ getParentRoute: () => root, path: '/signed-in', component: SignedInPage });

export const router = createRouter({
  routeTree: root.addChildren([ward, patient, alerts, alarmQuality, forecasts, operations, signedIn]),
  basepath: '/console',
  defaultErrorComponent: Failed,
  defaultPendingComponent: () => <p>{strings.shell.loading}</p>,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
