import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.jayway.jsonpath.Configuration;
import com.jayway.jsonpath.JsonPath;
import com.jayway.jsonpath.spi.json.JacksonJsonNodeJsonProvider;
import com.jayway.jsonpath.spi.mapper.JacksonMappingProvider;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Answers each line {"document", "path"} of standard input with what Jayway JsonPath finds. */
public class Oracle {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Configuration JACKSON = Configuration.builder()
            .jsonProvider(new JacksonJsonNodeJsonProvider())
            .mappingProvider(new JacksonMappingProvider())
            .build();

    public static void main(String[] arguments) throws Exception {
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream answers = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        for (String line = questions.readLine(); line != null; line = questions.readLine()) {
            JsonNode question = JSON.readTree(line);
            answers.println(JSON.writeValueAsString(answer(question)));
        }
        answers.flush();
    }

    private static ObjectNode answer(JsonNode question) throws Exception {
        ObjectNode answer = JSON.createObjectNode();
        String phase = "compile";
        try {
            JsonPath path = JsonPath.compile(question.get("path").asText());
            answer.put("definite", path.isDefinite());
            phase = "eval";
            Object found = path.read((Object) question.get("document"), JACKSON);
            answer.set("result", found == null ? JSON.nullNode() : JSON.valueToTree(found));
        } catch (Exception | StackOverflowError problem) {
            ObjectNode error = answer.putObject("error");
            error.put("phase", phase);
            error.put("class", problem.getClass().getSimpleName());
            error.put("message", String.valueOf(problem.getMessage()));
        }
        return answer;
    }
}
