/** An icon out of the portal's sprite. */

export function Icon({ name }: { name: string }) {
  const sprite = document.querySelector<HTMLElement>("[data-icons]")?.dataset["icons"] ?? "/static/icons.svg";
  return (
    <svg className="icon-plain" aria-hidden="true">
      <use href={`${sprite}#${name}`} />
    </svg>
  );
}
