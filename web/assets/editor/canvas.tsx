/** The picture: points that can be moved and connected, with its own keyboard and pointer. */

import {
  Background,
  type Connection,
  Controls,
  type Edge,
  MarkerType,
  MiniMap,
  type NodeChange,
  ReactFlow,
  useNodesState,
  useReactFlow,
} from "@xyflow/react";
import { type DragEvent, type KeyboardEvent, useEffect, useMemo, useRef } from "react";
import { WayLine } from "./edge";
import { drawn, type GhostNode, type PointNode, rowsOf, type Shapes, type Trail, wayOf, type WayEdge } from "./graph";
import { arranged, placed } from "./layout";
import {
  type Finding,
  type FlowDocument,
  type ModuleEntry,
  type Place,
  positionsOf,
  setExit,
  type Way,
  withPlaces,
} from "./model";
import { GhostCard, PointCard } from "./node";
import { DRAGGED } from "./palette";
import { useActions } from "./actions";
import type { Boot } from "./server";
import { useWords } from "./texts";

const NODES = { point: PointCard, ghost: GhostCard };
const EDGES = { way: WayLine };
/** A flow that is too large to be read as a whole is shown in part: the overview tells which. */
const FIT = { minZoom: 0.75, maxZoom: 1, padding: 0.12 };

interface Props {
  boot: Boot;
  flow: FlowDocument;
  chosen: string[];
  onChosen(points: string[]): void;
  findings: Finding[];
  shapes: Shapes;
  modules: Map<string, ModuleEntry>;
  trail: Trail | null;
  edit(flow: FlowDocument): void;
  remove(points: string[]): void;
  onAsk(way?: Way, place?: Place): void;
  onDropped(module: string, place: Place): void;
}

type Shown = PointNode | GhostNode;

export function Canvas(props: Props) {
  const { boot, flow, chosen, onChosen, findings, shapes, modules, trail, edit, remove } = props;
  const { say } = useWords();
  const actions = useActions();
  const canvas = useReactFlow();
  const editable = !boot.readOnly;
  const rows = useMemo(
    () => (id: string) => {
      const point = flow.points[id];
      return point ? rowsOf(point, shapes(point)).length : 0;
    },
    [flow, shapes],
  );
  const places = useMemo(() => placed(flow, positionsOf(flow), rows), [flow, rows]);
  const picture = useMemo(() => {
    const missing = (target: string): string => say("missing", { target });
    return drawn(flow, places, { modules, shapes, findings, trail, editable, missing });
  }, [flow, places, modules, shapes, findings, trail, editable, say]);
  const [nodes, setNodes, onNodes] = useNodesState<Shown>(picture.nodes);
  const chosenNow = useRef(chosen);
  chosenNow.current = chosen;

  // The flow is the truth; the canvas keeps what it measured of each point, and where one is while it is dragged.
  useEffect(() => {
    setNodes((now) => {
      const before = new Map(now.map((node) => [node.id, node]));
      return picture.nodes.map((node) => {
        const old = before.get(node.id);
        const measured = old?.measured ? { measured: old.measured } : {};
        return { ...node, ...measured, selected: chosen.includes(node.id), ariaLabel: spoken(node, say) } as Shown;
      });
    });
  }, [picture, chosen, setNodes, say]);

  const changed = (changes: NodeChange<Shown>[]): void => {
    onNodes(changes.filter((change) => change.type !== "remove" && change.type !== "select"));
    const picks = changes.filter((change) => change.type === "select");
    if (picks.length) {
      const on = picks.filter((pick) => pick.selected).map((pick) => pick.id);
      const off = picks.filter((pick) => !pick.selected).map((pick) => pick.id);
      const left = chosenNow.current.filter((id) => !off.includes(id) && !on.includes(id));
      onChosen([...left, ...on].filter((id) => id in flow.points));
    }
    const moved = changes.flatMap((change) =>
      change.type === "position" && change.dragging === false && change.position ? [change] : [],
    );
    if (moved.length && editable) {
      const now = { ...places };
      for (const { id, position } of moved) if (position) now[id] = position;
      if (moved.some(({ id }) => now[id]?.x !== places[id]?.x || now[id]?.y !== places[id]?.y)) edit(withPlaces(flow, now));
    }
  };

  const connected = (link: Connection): void => {
    if (link.sourceHandle) edit(setExit(flow, { point: link.source, exit: link.sourceHandle }, link.target));
  };

  const pressed = (event: KeyboardEvent): void => {
    const node = (event.target as Element).closest<HTMLElement>(".react-flow__node");
    const id = node?.dataset["id"];
    if (event.key === "Enter" && id && event.target === node) actions.choose(id, true);
    else if ((event.key === "Delete" || event.key === "Backspace") && editable) {
      const edge = (event.target as Element).closest<HTMLElement>(".react-flow__edge")?.dataset["id"];
      const gone = id ? [...new Set([...chosen, id])] : chosen;
      if ((event.target as Element).matches("input, textarea, select")) return;
      if (edge) edit(setExit(flow, wayOf(edge), ""));
      else if (gone.length) remove(gone);
      else return;
    } else return;
    event.preventDefault();
  };

  const dropped = (event: DragEvent): void => {
    const kind = event.dataTransfer.getData(DRAGGED);
    if (!kind || !editable) return;
    event.preventDefault();
    props.onDropped(kind, canvas.screenToFlowPosition({ x: event.clientX, y: event.clientY }));
  };

  return (
    <ReactFlow<Shown, WayEdge>
      nodes={nodes}
      edges={picture.edges}
      nodeTypes={NODES}
      edgeTypes={EDGES}
      defaultEdgeOptions={{ markerEnd: { type: MarkerType.ArrowClosed } }}
      onNodesChange={changed}
      onConnect={connected}
      onConnectEnd={(event, link) => {
        const handle = link.fromHandle;
        if (link.isValid || link.toNode || !editable || handle?.type !== "source" || !handle.id || !link.fromNode) return;
        const at = "changedTouches" in event ? event.changedTouches[0] : event;
        const place = at ? canvas.screenToFlowPosition({ x: at.clientX, y: at.clientY }) : undefined;
        props.onAsk({ point: link.fromNode.id, exit: handle.id }, place);
      }}
      onReconnect={(old: Edge, link) => {
        const way = wayOf(old.id);
        const cleared = link.sourceHandle !== way.exit || link.source !== way.point ? setExit(flow, way, "") : flow;
        edit(setExit(cleared, { point: link.source, exit: link.sourceHandle ?? way.exit }, link.target));
      }}
      onKeyDown={pressed}
      onDrop={dropped}
      onDragOver={(event) => event.preventDefault()}
      nodesDraggable={editable}
      nodesConnectable={editable}
      edgesReconnectable={editable}
      deleteKeyCode={null}
      fitView
      fitViewOptions={FIT}
      minZoom={0.15}
      colorMode={document.documentElement.dataset["bsTheme"] === "dark" ? "dark" : "light"}
      ariaLabelConfig={{
        "node.a11yDescription.default": say("node help"),
        "node.a11yDescription.keyboardDisabled": say("node help"),
        "edge.a11yDescription.default": say("edge help"),
        "controls.ariaLabel": say("view"),
        "controls.zoomIn.ariaLabel": say("zoom in"),
        "controls.zoomOut.ariaLabel": say("zoom out"),
        "controls.fitView.ariaLabel": say("fit"),
        "minimap.ariaLabel": say("overview"),
      }}
    >
      <Background gap={24} />
      <MiniMap pannable zoomable className="editor-map" />
      <Controls showInteractive={false} fitViewOptions={FIT}>
        {editable && (
          <button
            type="button"
            className="react-flow__controls-button"
            title={say("arrange")}
            aria-label={say("arrange")}
            onClick={() => {
              edit(withPlaces(flow, arranged(flow, rows)));
              window.setTimeout(() => void canvas.fitView({ ...FIT, duration: 200 }), 50);
            }}
          >
            ⤧
          </button>
        )}
      </Controls>
    </ReactFlow>
  );
}

function spoken(node: Shown, say: ReturnType<typeof useWords>["say"]): string {
  if (node.type !== "point") return node.data.label;
  const { label, module, errors, warnings, start } = node.data;
  const parts = [label, module];
  if (start) parts.push(say("start"));
  if (errors) parts.push(say("errors", { count: errors }));
  if (warnings) parts.push(say("warnings", { count: warnings }));
  return parts.join(", ");
}
