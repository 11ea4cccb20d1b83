interface Props {
  readonly title: string;
  readonly reason: string;
}

/** Where no page is shown: why, under a heading like that of any page. */
export function NoPage({ title, reason }: Props): React.ReactNode {
  return (
    <>
      <h1>{title}</h1>
      <p role="alert">{reason}</p>
    </>
  );
}
