// The panels by name: each is loaded when it is first opened.
import { fillSlot } from './chrome/slots.tsx';

fillSlot('terminal', () => import('./terminal/Terminal.tsx'));
fillSlot('inspector', () => import('./inspector/Inspector.tsx'));
fillSlot('editor', () => import('./editor/Editor.tsx'));
fillSlot('share', () => import('./share/Share.tsx'));
fillSlot('scenarios', () => import('./scenarios/Scenarios.tsx'));
fillSlot('break', () => import('./break/Break.tsx'));
