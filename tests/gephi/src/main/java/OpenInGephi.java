import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Image;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.File;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.gephi.graph.api.Column;
import org.gephi.graph.api.Edge;
import org.gephi.graph.api.Graph;
import org.gephi.graph.api.GraphController;
import org.gephi.graph.api.GraphModel;
import org.gephi.graph.api.Node;
import org.gephi.io.importer.api.Container;
import org.gephi.io.importer.api.ImportController;
import org.gephi.io.importer.api.Issue;
import org.gephi.io.processor.plugin.DefaultProcessor;
import org.gephi.preview.api.CanvasSize;
import org.gephi.preview.api.G2DTarget;
import org.gephi.preview.api.PreviewController;
import org.gephi.preview.api.PreviewModel;
import org.gephi.preview.api.PreviewProperty;
import org.gephi.preview.api.Vector;
import org.gephi.project.api.ProjectController;
import org.gephi.statistics.plugin.Modularity;
import org.openide.util.Lookup;

/**
 * Opens network files the way of Gephi's window (import, verify, process with Auto-scale) and prints, tab-separated, what Gephi holds
 * then: file, issue, kind, column, node (id, x, y, size, red, green, blue), edges and their weight, and the modularity of our
 * groups beside that of Gephi's own at the same resolution.
 */
public class OpenInGephi {
    public static void main(String[] arguments) throws Exception {
        java.util.logging.LogManager.getLogManager().reset();
        String picture = null;
        int width = 900;
        boolean labels = false;
        List<String> files = new ArrayList<>();
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--png" -> picture = arguments[++i];
                case "--width" -> width = Integer.parseInt(arguments[++i]);
                case "--labels" -> labels = true;
                default -> files.add(arguments[i]);
            }
        }
        for (String file : files) {
            open(new File(file));
            if (picture != null) draw(new File(picture), width, labels);
        }
        // Threads of the platform are still there.
        System.exit(0);
    }

    static void say(Object... words) {
        StringBuilder line = new StringBuilder();
        for (Object word : words) line.append(line.length() > 0 ? "\t" : "").append(word);
        System.out.println(line);
    }

    static GraphModel model() {
        return Lookup.getDefault().lookup(GraphController.class).getGraphModel();
    }

    static void open(File file) throws Exception {
        ProjectController projects = Lookup.getDefault().lookup(ProjectController.class);
        projects.newProject();
        ImportController imports = Lookup.getDefault().lookup(ImportController.class);
        say("file", file.getName());
        long start = System.nanoTime();
        Container container = imports.importFile(file);
        container.getLoader().setAutoScale(true);
        container.verify();
        for (Issue issue : container.getReport().getIssuesList(1000)) say("issue", issue.getLevel(), issue.getMessage());
        imports.process(container, new DefaultProcessor(), projects.getCurrentWorkspace());
        say("milliseconds", (System.nanoTime() - start) / 1_000_000);

        GraphModel model = model();
        Graph graph = model.getGraph();
        say("kind", model.isUndirected() ? "undirected" : "directed");
        for (Column column : model.getNodeTable()) if (!column.isProperty()) say("column", column.getId(), column.getTypeClass().getSimpleName());
        for (Node node : graph.getNodes()) {
            Color color = node.getColor();
            say("node", node.getId(), node.x(), node.y(), node.size(), color.getRed(), color.getGreen(), color.getBlue());
        }
        double weight = 0;
        for (Edge edge : graph.getEdges()) weight += edge.getWeight();
        say("edges", graph.getEdgeCount(), weight);

        for (String groups : new String[] {"segment", "community"}) {
            if (!model.getNodeTable().hasColumn(groups)) continue;
            double best = Double.NEGATIVE_INFINITY;
            // The dialog's defaults; in random order one run in several is poor.
            for (int run = 0; run < 5; run++) {
                Modularity theirs = new Modularity();
                theirs.setRandom(true);
                theirs.setUseWeight(true);
                theirs.setResolution(1);
                theirs.execute(model);
                best = Math.max(best, modularity(graph, Modularity.MODULARITY_CLASS));
            }
            say("modularity", modularity(graph, groups), best);
        }
    }

    /** Of the groups that a column names, on the weights as Gephi holds them. */
    static double modularity(Graph graph, String column) {
        Map<Object, double[]> groups = new HashMap<>();
        double all = 0;
        for (Edge edge : graph.getEdges()) {
            double weight = edge.getWeight();
            Object a = edge.getSource().getAttribute(column), b = edge.getTarget().getAttribute(column);
            all += 2 * weight;
            groups.computeIfAbsent(a, none -> new double[2])[1] += weight;
            groups.computeIfAbsent(b, none -> new double[2])[1] += weight;
            if (a != null && a.equals(b)) groups.get(a)[0] += 2 * weight;
        }
        double sum = 0;
        for (double[] group : groups.values()) sum += group[0] / all - (group[1] / all) * (group[1] / all);
        return sum;
    }

    /** What Gephi's Preview draws; its own exporter of PNG asks for a screen. */
    static void draw(File file, int width, boolean labels) throws Exception {
        PreviewController preview = Lookup.getDefault().lookup(PreviewController.class);
        PreviewModel settings = preview.getModel();
        settings.getProperties().putValue(PreviewProperty.SHOW_NODE_LABELS, labels);
        settings.getProperties().putValue(PreviewProperty.EDGE_OPACITY, 35f);
        settings.getProperties().putValue(PreviewProperty.EDGE_CURVED, false);
        preview.refreshPreview();
        Paper paper = new Paper(settings.getGraphicsCanvasSize(), width);
        preview.render(paper);
        ImageIO.write(paper.image, "png", file);
    }

    static final class Paper implements G2DTarget {
        final BufferedImage image;
        final Graphics2D graphics;
        float scaling;

        Paper(CanvasSize size, int width) {
            scaling = (float) (width * 0.94 / Math.max(size.getWidth(), size.getHeight()));
            int height = (int) Math.ceil(size.getHeight() * scaling + width * 0.06);
            int wide = (int) Math.ceil(size.getWidth() * scaling + width * 0.06);
            image = new BufferedImage(wide, height, BufferedImage.TYPE_INT_RGB);
            graphics = image.createGraphics();
            graphics.setColor(Color.WHITE);
            graphics.fillRect(0, 0, wide, height);
            graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            graphics.translate(wide / 2.0, height / 2.0);
            graphics.scale(scaling, scaling);
            graphics.translate(-size.getX() - size.getWidth() / 2, -size.getY() - size.getHeight() / 2);
        }

        @Override public Graphics2D getGraphics() { return graphics; }
        @Override public Image getImage() { return image; }
        @Override public int getWidth() { return image.getWidth(); }
        @Override public int getHeight() { return image.getHeight(); }
        @Override public void resize(int width, int height) { }
        @Override public void setMoving(boolean moving) { }
        @Override public Vector getTranslate() { return new Vector(); }
        @Override public float getScaling() { return scaling; }
        @Override public void setScaling(float scaling) { this.scaling = scaling; }
        @Override public void reset() { }
        @Override public void refresh() { }
    }
}
