import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { askForWard } from './api/first-ward.js';
import { ApiProblem } from './api/problem.js';
import { Failed } from './app/failed.js';
import { router } from './app/router.js';
import { session } from './app/session.js';
import { live } from './live/live.js';
import './look/look.css';

const queries = new QueryClient({
  defaultOptions: {
    // What the API refused once it refuses again; what did not arrive is asked for again.
    queries: { retry: (failures, error) => !(error instanceof ApiProblem) && failures < 3, staleTime: 1_000 },
  },
});

const WARD = /^\/console\/?$/;

async function start(container: HTMLElement): Promise<void> {
  if (WARD.test(location.pathname)) askForWard();
  const root = createRoot(container);
  try {
    // The page's own file is fetched meanwhile.
    const [isSignedIn] = await Promise.all([session.load(), router.load()]);
    if (!isSignedIn) return;
  } catch (error) {
    root.render(<Failed error={error as Error} reset={() => location.reload()} />);
    return;
  }
  // What the first page asks for and shows goes by the server's clock already, to a second; heartbeats make it exact.
  const { answeredAt } = session.current();
  if (answeredAt !== undefined) live.clock.set(answeredAt);
  root.render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  );
}

const container = document.getElementById('root');
if (container !== null) void start(container);
