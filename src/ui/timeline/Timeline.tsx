import type { JSX } from 'react';
export function Timeline(): JSX.Element { return <div className="tl" />; }
